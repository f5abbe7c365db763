internal import Foundation
package import Resources

/// The address of an endpoint on the data plane: `/endpoints/WORKSPACE/ENDPOINT`. The home workspace is written by its name;
/// others carry a checksum of their whole address, since two resource groups may each have a workspace of one name.
package struct EndpointAddress: Sendable, Hashable {
    /// The two segments, percent-encoded.
    package let path: String

    package init(_ endpoint: ResourceID, home: WorkspaceID) {
        var workspace = Self.encoded(endpoint.workspace.name)
        if endpoint.workspace != home {
            let hash = endpoint.workspace.key.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            workspace += "~" + String(hash, radix: 36)
        }
        path = workspace.lowercased() + "/" + Self.encoded(endpoint.name).lowercased()
    }

    /// As it came in a URL, still percent-encoded.
    package init(workspace: some StringProtocol, endpoint: some StringProtocol) {
        path = workspace.lowercased() + "/" + endpoint.lowercased()
    }

    private static func encoded(_ text: String) -> String {
        let allowed = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }

    package func scoringURI(base: String) -> String { "\(base)/endpoints/\(path)/score" }
    package func swaggerURI(base: String) -> String { "\(base)/endpoints/\(path)/swagger.json" }
}
