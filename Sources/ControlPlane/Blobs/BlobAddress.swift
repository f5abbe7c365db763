internal import Crypto
internal import Foundation
package import Resources

/// A container of blobs in a storage account.
package struct BlobContainer: Sendable, Hashable {
    package var account: String
    package var name: String

    package init(account: String, name: String) {
        self.account = account
        self.name = name
    }

    /// The address of a blob in the container; an empty name is the container itself.
    package func at(_ name: String) -> BlobAddress { BlobAddress(container: self, name: name) }

    /// The storage account that belongs to a workspace, as Azure has one for each: 3 to 24 small letters and digits.
    package static func account(of workspace: WorkspaceID) -> String { "martlet" + identifier(of: workspace).prefix(12) }

    /// Where `workspaceblobstore` (data, uploads, named outputs) and `workspaceartifactstore` (logs and artifacts of runs)
    /// of a workspace keep their blobs.
    package static func standard(of workspace: WorkspaceID) -> (blobs: BlobContainer, artifacts: BlobContainer) {
        let account = account(of: workspace)
        return (
            BlobContainer(account: account, name: "azureml-blobstore-" + identifier(of: workspace)),
            BlobContainer(account: account, name: "azureml")
        )
    }

    /// 32 hexadecimal digits that stay the same for the workspace.
    private static func identifier(of workspace: WorkspaceID) -> String {
        SHA256.hash(data: Data(workspace.key.utf8)).prefix(16).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// The place of a blob, or of everything beneath a prefix: a container and a name in it. Names are keys, not paths.
package struct BlobAddress: Sendable, Hashable {
    package var container: BlobContainer
    /// Without a leading slash; empty for the whole container.
    package var name: String

    package init(container: BlobContainer, name: String) {
        self.container = container
        self.name = name
    }

    /// What `suffixes.storage` of the cloud metadata says, without the slash that follows it there.
    package static let storageSuffix = "martlet.local"

    /// `name` with `more` beneath it.
    package func appending(_ more: String) -> BlobAddress {
        let stem = name.isEmpty || name.hasSuffix("/") ? name : name + "/"
        return BlobAddress(container: container, name: stem + more)
    }

    /// The path of the address on this server, percent-encoded: `/blobstore/ACCOUNT.blob.SUFFIX/CONTAINER/NAME`.
    /// - Parameter doublesSlash: with `//` before the container, as clients build it from a suffix that ends in a slash;
    ///   azureml-mlflow wants the `contentUri` of an artifact so (azure-wire.md G11).
    package func urlPath(doublesSlash: Bool = false) -> String {
        var path = "/blobstore/\(container.account).blob.\(Self.storageSuffix)\(doublesSlash ? "/" : "")/\(container.name)"
        if !name.isEmpty { path += "/" + Self.encode(name) }
        return path
    }

    /// Reads a storage URL: this server's path style, `https://ACCOUNT.blob.HOST/CONTAINER/NAME`, or
    /// `wasb[s]://CONTAINER@ACCOUNT.blob.HOST/NAME`. A query is ignored; the name is decoded once.
    package init?(url: String) {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
        let isWASB = url[..<scheme.lowerBound].lowercased().hasPrefix("wasb")
        var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        let host = parts.removeFirst()
        if isWASB {
            let pair = host.split(separator: "@", maxSplits: 1)
            guard pair.count == 2, let account = Self.account(inHost: pair[1]), let name = Self.decode(parts.joined(separator: "/")) else {
                return nil
            }
            self.init(container: BlobContainer(account: account, name: String(pair[0])), name: name)
        } else if let account = Self.account(inHost: host) {
            self.init(account: account, path: parts)
        } else {
            guard parts.count >= 2, parts[0] == "blobstore" else { return nil }
            self.init(urlPath: "/" + parts.joined(separator: "/"))
        }
    }

    /// Reads `urlPath`. `/blobstore/ACCOUNT.blob.SUFFIX` alone is the account: both names are empty then.
    package init?(urlPath: String) {
        var parts = urlPath.split(separator: "/", omittingEmptySubsequences: false)[...]
        while parts.first?.isEmpty == true { parts.removeFirst() }
        guard parts.popFirst() == "blobstore" else { return nil }
        while parts.first?.isEmpty == true { parts.removeFirst() }
        guard let host = parts.popFirst(), let account = Self.account(inHost: host) else { return nil }
        self.init(account: account, path: Array(parts))
    }

    /// `path`: still encoded; empty parts before the container and before the name are dropped (clients write `//`).
    private init?(account: String, path: [Substring]) {
        var parts = path[...]
        while parts.first?.isEmpty == true { parts.removeFirst() }
        guard let container = Self.decode(String(parts.popFirst() ?? "")) else { return nil }
        while parts.first?.isEmpty == true { parts.removeFirst() }
        guard let name = Self.decode(parts.joined(separator: "/")) else { return nil }
        self.init(container: BlobContainer(account: account, name: container), name: name)
    }

    private static func account(inHost host: Substring) -> String? {
        guard let dot = host.firstRange(of: ".blob."), dot.lowerBound != host.startIndex else { return nil }
        return host[..<dot.lowerBound].lowercased()
    }

    /// Decodes `%XX` once; `nil` when that is not UTF-8 or has a NUL, which would end a text for SQLite and the file system.
    package static func decode(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), value > 0,
                    rest.first != UInt8(ascii: "+")
                else { return nil }
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func encode(_ name: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            if plain.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
