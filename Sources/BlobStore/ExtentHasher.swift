internal import Crypto
internal import Foundation

/// Both digests of a stream, computed on its way to the disk.
struct ExtentHasher {
    private var sha = SHA256()
    private var md5 = Insecure.MD5()
    private var size: Int64 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha.update(bufferPointer: bytes)
        md5.update(bufferPointer: bytes)
        size += Int64(bytes.count)
    }

    consuming func finish() -> WrittenExtent {
        WrittenExtent(extent: Extent(hash: Self.hexadecimal(sha.finalize()), size: size), md5: Array(md5.finalize()))
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
