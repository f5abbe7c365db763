import Foundation
import NIOCore
import NIOHTTP1
import Resources

/// Long-running operations in ARM's two forms: a status document (`Azure-AsyncOperation`) or a place that answers 202
/// until it is done (`Location`).
extension APIClient {
    /// Waits for the end of what `reply` began; then gives the resource at `resource`, or what the operation returned.
    func finish(_ reply: Reply, resource: String?) async throws(Problem) -> JSON {
        if let operation = reply.headers.first(name: "Azure-AsyncOperation") {
            try await awaitOperation(operation, first: reply.headers)
            if let resource { return try await get(resource) }
            guard let location = reply.headers.first(name: "Location") else { return .null }
            return try await call(.GET, ownPath(of: location)).body
        }
        if reply.status == 202, let location = reply.headers.first(name: "Location") {
            var current = reply
            while current.status == 202 {
                try await pause(current.headers)
                current = try await call(.GET, ownPath(of: location))
            }
            if let resource { return try await get(resource) }
            return current.body
        }
        return reply.body
    }

    private func awaitOperation(_ link: String, first: HTTPHeaders) async throws(Problem) {
        let path = try ownPath(of: link)
        var headers = first
        while true {
            let reply = try await call(.GET, path)
            headers = reply.headers.contains(name: "Retry-After") ? reply.headers : headers
            switch reply.body["status"]?.stringValue?.lowercased() {
            case "succeeded": return
            case "failed", "canceled", "cancelled":
                guard let error = reply.body["error"], !error.isNull else {
                    throw Problem(.internalFault, "the operation failed without a reason")
                }
                throw Problem(envelope: error, code: .conflict)
            default: try await pause(headers)
            }
        }
    }

    private func pause(_ headers: HTTPHeaders) async throws(Problem) {
        // `Retry-After: 0` still leaves the server room to breathe.
        let seconds = headers.first(name: "Retry-After").flatMap(Double.init) ?? 1
        do {
            try await Task.sleep(for: .milliseconds(Int(min(max(seconds, 0.1), 30) * 1000)))
        } catch {
            throw Problem(.timeout, "interrupted")
        }
    }
}
