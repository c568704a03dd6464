import HTTPServer
import RawHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct MalformedCorpusTests {
    @Test("Whatever comes over the wire has one answer, and every refusal is a problem document")
    func corpus() async throws {
        var router = Router()
        router.get("/orders") { _ in .text("none") }
        router.post("/orders") { request in
            let thing: Thing = try request.decode()
            return try .json(thing)
        }
        let server = try HTTPServer(ServerConfiguration(port: 0), router: router)
        #expect(MalformedRequest.all.count >= 100)
        for request in MalformedRequest.all {
            let answers = try await WireAnswers.to(request, at: server.port)
            #expect(answers.complaints(about: request) == [], "\(request)")
        }
        await server.stop()
    }
}
