import Telemetry
import Testing

@Suite struct MetricsTests {
    private let metrics = Metrics()

    @Test("A counter is rendered with its type and its labels")
    func counter() {
        metrics.counter("steps_total", ["who": "Mia", "foot": "left"]).increment(by: 3)
        #expect(metrics.render() == "# TYPE steps_total counter\nsteps_total{who=\"Mia\",foot=\"left\"} 3\n")
    }

    @Test("A metric without labels has no braces")
    func noLabels() {
        metrics.counter("steps_total").increment()
        #expect(metrics.render() == "# TYPE steps_total counter\nsteps_total 1\n")
    }

    @Test("The same name and labels are the same counter, others are others")
    func identity() {
        metrics.counter("steps_total", ["who": "Mia"]).increment()
        metrics.counter("steps_total", ["who": "Mia"]).increment()
        metrics.counter("steps_total", ["who": "Leo"]).increment()
        #expect(metrics.counter("steps_total", ["who": "Mia"]).value == 2)
        #expect(metrics.counter("steps_total", ["who": "Leo"]).value == 1)
    }

    @Test("Families and series are sorted, each family is announced once")
    func sorted() {
        for (name, who) in [("b_total", "x"), ("a_total", "y"), ("a_total", "x")] {
            _ = metrics.counter(name, ["who": who])
        }
        #expect(
            metrics.render() == """
                # TYPE a_total counter
                a_total{who="x"} 0
                a_total{who="y"} 0
                # TYPE b_total counter
                b_total{who="x"} 0

                """)
    }

    @Test(
        "Label values are escaped, so that a value never ends its line or its quotes",
        arguments: [
            (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("a\r\nb", "a\r\\nb"),
            ("\"\u{301}", "\\\"\u{301}"),
            ("김치", "김치"),
        ])
    func escaping(value: String, escaped: String) {
        metrics.counter("steps_total", ["who": value]).increment()
        #expect(metrics.render() == "# TYPE steps_total counter\nsteps_total{who=\"\(escaped)\"} 1\n")
    }

    @Test(
        "A gauge is read at each rendering, a later registration wins", arguments: [(0.5, "0.5"), (-3, "-3"), (0, "0")])
    func gauge(value: Double, text: String) {
        metrics.gauge("height") { 9 }
        metrics.gauge("height") { value }
        #expect(metrics.render() == "# TYPE height gauge\nheight \(text)\n")
    }

    @Test("A gauge that is no number traps nothing", arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func strangeGauge(value: Double) {
        metrics.gauge("height") { value }
        #expect(metrics.render().hasPrefix("# TYPE height gauge\nheight "))
    }

    @Test("A histogram counts cumulatively: each bucket holds all that are not longer")
    func histogram() {
        let timer = metrics.timer("walk_seconds", ["who": "Mia"])
        for milliseconds in [1, 2, 3, 300, 60_000] { timer.record(.milliseconds(milliseconds)) }
        let lines = metrics.render().split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE walk_seconds histogram")
        let buckets = lines.compactMap { line in
            line.hasPrefix("walk_seconds_bucket") ? line.split(separator: " ").last.flatMap { Int($0) } : nil
        }
        #expect(buckets == [1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5])
        #expect(lines.contains(#"walk_seconds_bucket{who="Mia",le="0.001"} 1"#))
        #expect(lines.contains(#"walk_seconds_bucket{who="Mia",le="+Inf"} 5"#))
        #expect(lines.contains(#"walk_seconds_count{who="Mia"} 5"#))
        #expect(
            lines.last { $0.hasPrefix("walk_seconds_sum") }?.hasPrefix(#"walk_seconds_sum{who="Mia"} 60.306"#) == true)
        #expect(timer.count == 5)
    }

    @Test("A histogram without labels names only the bounds")
    func histogramWithoutLabels() {
        metrics.timer("walk_seconds").record(.seconds(1))
        let lines = metrics.render().split(separator: "\n")
        #expect(lines.contains("walk_seconds_bucket{le=\"1.0\"} 1"))
        #expect(lines.contains("walk_seconds_sum 1"))
        #expect(lines.contains("walk_seconds_count 1"))
    }

    @Test("Many tasks count without losing one")
    func concurrent() async {
        let metrics = metrics
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        metrics.counter("steps_total").increment()
                        metrics.timer("walk_seconds").record(.zero)
                    }
                }
            }
        }
        #expect(metrics.counter("steps_total").value == 8_000)
        #expect(metrics.timer("walk_seconds").count == 8_000)
    }

    @Test("A name that is taken by another kind disturbs nothing")
    func otherKind() {
        metrics.counter("steps_total").increment()
        metrics.timer("steps_total").record(.seconds(1))
        #expect(metrics.render() == "# TYPE steps_total counter\nsteps_total 1\n")
    }
}
