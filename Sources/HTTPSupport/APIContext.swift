package import ControlPlane
internal import Foundation
package import Hummingbird

/// What a request carries through the façades.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who asks; `nil` until a façade's authentication has run.
    package var principal: Principal?
    /// In every reply as `x-ms-request-id`, and in the log.
    package let requestID: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = UUID().uuidString.lowercased()
    }

    /// Large bodies are streamed by the handlers that take them; this bounds the others.
    package var maxUploadSize: Int { 4 * 1024 * 1024 }
}
