internal import ControlPlane
internal import Foundation
internal import HTTPSupport
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Resources

/// The web pages of stock MLflow, served from a copy of its package that the user has installed. They are none of ours; they
/// talk to our API.
struct StockPages: Sendable {
    /// Absolute path of `mlflow/server/js/build`.
    private let folder: String

    /// - Parameter place: that folder, the package's folder, or a virtual environment that has it.
    init(_ place: String) throws(Problem) {
        let files = FileManager.default
        var candidates = [place, place + "/server/js/build", place + "/mlflow/server/js/build"]
        for version in (try? files.contentsOfDirectory(atPath: place + "/lib"))?.sorted() ?? [] where version.hasPrefix("python") {
            candidates.append("\(place)/lib/\(version)/site-packages/mlflow/server/js/build")
        }
        guard let found = candidates.first(where: { files.fileExists(atPath: $0 + "/index.html") }) else {
            throw Problem(
                .notFound, "there are no pages of MLflow in \(place); name a virtual environment in which 'pip install mlflow' was run",
                target: "ui")
        }
        folder = URL(filePath: found).resolvingSymlinksInPath().path(percentEncoded: false)
    }

    func addRoutes(to router: Router<APIContext>) {
        let group = router.group().add(middleware: ProblemMiddleware { problem, _ in .text(problem.message, status: problem.httpStatus) })
        group.get("/") { _, _ in try page("index.html") }
        group.get("/static-files/**") { request, _ in try page(String(request.uri.path.dropFirst("/static-files/".count))) }
    }

    private func page(_ name: String) throws -> Response {
        let path = folder + "/" + (try ArtifactPath(ArtifactPath.percentDecoded(name)).text)
        // A link in the package may point anywhere.
        guard URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false).hasPrefix(folder + "/"),
            let content = FileManager.default.contents(atPath: path)
        else { throw Problem(.notFound, "there is no such page") }
        let types = [
            "html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "woff2": "font/woff2",
            "ico": "image/x-icon", "wasm": "application/wasm", "ttf": "font/ttf", "map": "application/json",
        ]
        let ending = path.split(separator: ".").last.map(String.init) ?? ""
        let type = types[ending] ?? BlobService.contentType(ofFile: path)
        return Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: Array(content))))
    }
}
