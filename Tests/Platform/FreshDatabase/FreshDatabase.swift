import CPostgreSQL
import Foundation

/// Empty databases for tests.
public enum FreshDatabase {
    /// Refused by the server.
    struct Refused: Error { var message: String }

    /// Of a database in memory; with `TEST_DATABASE=postgres` of an empty schema on the server that `POSTGRES_TEST_URL` names.
    public static func url() throws -> String { isPostgreSQL ? try postgreSQL() : "sqlite::memory:" }

    public static let isPostgreSQL = variable("TEST_DATABASE") == "postgres"
    /// For tests that speak to SQLite in its own words.
    public static let isSQLite = !isPostgreSQL

    /// Where there is a PostgreSQL for tests; `scripts/with-postgres` starts one.
    public static let server = variable("POSTGRES_TEST_URL")

    /// - Parameter url: of a server; else the one for tests.
    /// - Returns: the URL of an empty schema. It goes with the server.
    public static func postgreSQL(on url: String? = nil) throws -> String {
        guard let server = url ?? server else { throw Refused(message: "POSTGRES_TEST_URL is not set") }
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try run("CREATE SCHEMA \(name)", on: server)
        return server + "?options=-csearch_path%3D\(name)"
    }

    /// Runs statements as they are.
    public static func run(_ sql: String, on url: String) throws {
        let connection = PQconnectdb(url)
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else {
            throw Refused(message: String(cString: PQerrorMessage(connection)))
        }
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw Refused(message: String(cString: PQerrorMessage(connection)))
        }
    }

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
