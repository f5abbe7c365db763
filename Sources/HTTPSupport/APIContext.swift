package import ControlPlane
internal import Foundation
package import Hummingbird
internal import Synchronization

/// What a request carries through the façades.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who asks; `nil` until a façade's authentication has run.
    package var principal: Principal?
    /// In every reply as `x-ms-request-id`, and in the log.
    package let requestID: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = RequestID.next()
    }

    /// Large bodies are streamed by the handlers that take them; this bounds the others.
    package var maxUploadSize: Int { 4 * 1024 * 1024 }
}

/// Ids that look like UUIDs and differ for each request of this server: a random part of its start, and a count. They are
/// no secrets, and asking the kernel for randomness at each request is dear.
private enum RequestID {
    private static let start = UUID().uuidString.lowercased().prefix(24)
    private static let count = Atomic<UInt64>(0)

    static func next() -> String {
        let digits = String(count.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
        return start + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
