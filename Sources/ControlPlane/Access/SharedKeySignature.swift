/// The text that a shared key of Azure Storage signs for a request: "Authorize with Shared Key" of Azure Storage's REST
/// reference, for versions from 2015-02-21 on. Pure.
package enum SharedKeySignature {
    /// The text with both orders of the `x-ms-` headers that clients use: by character, and as the service itself sorts,
    /// to which hyphens count for nothing.
    /// - Parameters:
    ///   - path: as on the wire, still percent-encoded.
    ///   - headers: names in small letters.
    ///   - query: decoded, names in small letters.
    ///   - account: as the client spells it in the `Authorization` header.
    package static func stringsToSign(
        method: String, path: String, headers: [(name: String, value: String)], query: [(name: String, value: String)], account: String
    ) -> [String] {
        func header(_ name: String) -> String { headers.first { $0.name == name }?.value ?? "" }
        let length = header("content-length")
        let standard = [
            method, header("content-encoding"), header("content-language"), length == "0" ? "" : length, header("content-md5"),
            header("content-type"), header("x-ms-date").isEmpty ? header("date") : "", header("if-modified-since"), header("if-match"),
            header("if-none-match"), header("if-unmodified-since"), header("range"),
        ]
        let resource = "/\(account)\(path)"
        let parameters = query.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { "\n\($0.name):\($0.value)" }.joined()
        let own = headers.filter { $0.name.hasPrefix("x-ms-") }
        return [own.sorted { $0.name < $1.name }, own.sorted { fold($0.name) < fold($1.name) }].map { sorted in
            let lines = sorted.map { "\($0.name):\($0.value)\n" }.joined()
            return standard.joined(separator: "\n") + "\n" + lines + resource + parameters
        }
    }

    /// Without hyphens, and with `_` before digits and letters.
    private static func fold(_ name: String) -> String { name.replacing("-", with: "").replacing("_", with: "!") }
}
