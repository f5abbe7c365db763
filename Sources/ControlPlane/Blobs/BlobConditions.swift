package import Foundation
internal import Resources

/// What a client wants to be true of a blob or container before its request is carried out.
package struct BlobConditions: Sendable, Hashable {
    package enum Verdict: Sendable, Hashable {
        case proceed
        /// The client has this version already.
        case unchanged
        /// `If-None-Match: *` on something that is there.
        case exists
        case failed
    }

    /// Etags without quotes, or `*`.
    package var ifMatch: [String]
    package var ifNoneMatch: [String]
    package var ifModifiedSince: Date?
    package var ifUnmodifiedSince: Date?

    package init(ifMatch: [String] = [], ifNoneMatch: [String] = [], ifModifiedSince: Date? = nil, ifUnmodifiedSince: Date? = nil) {
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
        self.ifUnmodifiedSince = ifUnmodifiedSince
    }

    /// Only when nothing is there.
    package static let absent = BlobConditions(ifNoneMatch: ["*"])

    /// Judges a resource with this etag and time of change (HTTP dates have whole seconds); `nil` is one that is not there.
    package func verdict(etag: String?, modifiedAt: Date?) -> Verdict {
        guard let etag, let modifiedAt else { return ifMatch.isEmpty ? .proceed : .failed }
        let changed = modifiedAt.timeIntervalSince1970.rounded(.down)
        if !ifMatch.isEmpty, !ifMatch.contains("*"), !ifMatch.contains(etag) { return .failed }
        if let limit = ifUnmodifiedSince, changed > limit.timeIntervalSince1970 { return .failed }
        if ifNoneMatch.contains("*") { return .exists }
        if ifNoneMatch.contains(etag) { return .unchanged }
        if let limit = ifModifiedSince, changed <= limit.timeIntervalSince1970 { return .unchanged }
        return .proceed
    }

    /// Throws unless a write may go on.
    func admitWrite(over blob: StoredBlob?, at address: BlobAddress) throws(Problem) {
        switch verdict(etag: blob?.etag, modifiedAt: blob?.modifiedAt) {
        case .proceed: return
        case .exists: throw Problem(.conflict, "the blob '\(address.name)' is there already", target: "blob")
        case .unchanged, .failed:
            throw Problem(
                .preconditionFailed, "the blob '\(address.name)' is not in the state that the request asks for; read it again",
                target: "blob")
        }
    }
}
