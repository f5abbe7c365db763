import CInferenceABI

/// A network in an engine that is reached through `CInferenceABI`.
final class LibraryNetwork: InferenceNetwork {
    /// An engine's opening function: library, model file, threads, room for a message.
    typealias Opening = (
        UnsafePointer<CChar>, UnsafePointer<CChar>, Int32, UnsafeMutablePointer<CChar>, Int
    ) -> OpaquePointer?

    private let handle: OpaquePointer
    private let messageSize = 1024

    init(library: String, model: String, threads: Int?, open: Opening) throws {
        var message = [CChar](repeating: 0, count: messageSize)
        guard let handle = open(library, model, Int32(clamping: threads ?? 0), &message, messageSize) else {
            throw InferenceError(Self.text(message))
        }
        self.handle = handle
    }

    deinit { ci_network_close(handle) }

    package func run(_ canvas: [Float], side: Int) throws -> HeadOutput {
        var output = ci_output()
        var message = [CChar](repeating: 0, count: messageSize)
        let dims: [Int64] = [1, 3, Int64(side), Int64(side)]
        guard ci_network_run(handle, canvas, dims, &output, &message, messageSize) == 0 else {
            throw InferenceError(Self.text(message))
        }
        let sides = withUnsafeBytes(of: output.dims) { dims in
            (0..<Int(output.rank)).map { Int(dims.load(fromByteOffset: 8 * $0, as: Int64.self)) }
        }
        let count = sides.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        return HeadOutput(values: Array(UnsafeBufferPointer(start: output.values, count: max(0, count))), dims: sides)
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
