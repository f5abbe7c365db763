package import ControlPlane
internal import Foundation
package import HTTPSupport
internal import HTTPTypes
package import Hummingbird
internal import NIOCore
internal import Resources

/// Logs of jobs: behind signed links for the SDK, which reads them without a token, and pushed for our own CLI.
package struct LogRoutes: Sendable {
    private let logs: JobLogs

    package init(logs: JobLogs) { self.logs = logs }

    package func addRoutes(to router: Router<APIContext>) {
        router.group(RouterPath(JobLogs.route)).add(middleware: ProblemMiddleware(render: ARMProblem.response)).get(":token/**", use: file)
    }

    @Sendable private func file(_ request: Request, _ context: APIContext) throws -> Response {
        let token = try context.parameters.require("token")
        let name = context.parameters.getCatchAll().joined(separator: "/")
        let path = try logs.file(token: token, name: name, expires: request.query("expires"), signature: request.query("signature"))
        guard let data = FileManager.default.contents(atPath: path) else { throw Problem(.notFound, "there is no log '\(name)'") }
        return .text(String(decoding: data, as: UTF8.self))
    }
}

extension ARMRoutes {
    /// Chunked text that ends with the job.
    func logStream(of job: ResourceID, _ request: Request) async throws -> Response {
        _ = try await resources.get(job)
        let stream = logs.stream(job, follow: request.query("follow") == "true")
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody { writer in
                for try await bytes in stream { try await writer.write(ByteBuffer(bytes: bytes)) }
                try await writer.finish(nil)
            })
    }
}
