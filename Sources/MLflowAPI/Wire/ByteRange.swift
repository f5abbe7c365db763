/// One range of bytes as a `Range` header asks for it (RFC 9110, 14.2). Headers of another form are ignored, as HTTP wants.
struct ByteRange: Equatable {
    private let first: Int64?
    private let last: Int64?

    init?(_ header: String) {
        guard header.hasPrefix("bytes=") else { return nil }
        let parts = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard parts.count == 2, parts.allSatisfy({ $0.isEmpty || Int64($0).map { $0 >= 0 } == true }) else { return nil }
        (first, last) = (Int64(parts[0]), Int64(parts[1]))
        guard first != nil || last != nil, first ?? 0 <= last ?? .max || first == nil else { return nil }
    }

    /// The bytes of a file of `size`; `nil` when there are none of them.
    func resolve(size: Int64) -> Range<Int64>? {
        guard let first else {
            let count = min(last ?? 0, size)
            return count > 0 ? size - count..<size : nil
        }
        guard first < size else { return nil }
        return first..<(min(last ?? size, size - 1) + 1)
    }
}
