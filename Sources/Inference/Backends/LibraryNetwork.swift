import CInferenceABI
import Synchronization

/// A model that is loaded once in an engine behind `CInferenceABI` and run by any number of lanes.
final class LibraryModel: Sendable {
    /// An engine's opening function: library, model file, options, room for a message.
    typealias Opening = (
        UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<ci_options>, UnsafeMutablePointer<CChar>, Int
    ) -> OpaquePointer?

    /// The address of the first lane, which keeps the model loaded.
    private let first: Mutex<UInt>

    init(library: String, model: String, lanes: Int, threads: Int?, precision: Precision, open: Opening) throws {
        var options = ci_options(
            threads: Int32(clamping: threads ?? 0), lanes: Int32(clamping: lanes), bfloat16: precision == .bfloat16 ? 1 : 0)
        let handle = try LibraryMessage.check { open(library, model, &options, $0, LibraryMessage.size) }
        first = Mutex(UInt(bitPattern: handle))
    }

    deinit { ci_network_close(OpaquePointer(bitPattern: first.withLock { $0 })) }

    func lane() throws -> sending LibraryNetwork {
        let address = try first.withLock { first in
            UInt(bitPattern: try LibraryMessage.check { ci_network_lane(OpaquePointer(bitPattern: first), $0, LibraryMessage.size) })
        }
        return LibraryNetwork(address: address)
    }
}

/// One lane of a `LibraryModel`.
final class LibraryNetwork: InferenceNetwork {
    private let handle: OpaquePointer?

    fileprivate init(address: UInt) {
        handle = OpaquePointer(bitPattern: address)
    }

    deinit { ci_network_close(handle) }

    package func run(_ canvases: [Float], count: Int, side: Int) throws -> HeadOutput {
        var output = ci_output()
        let dims: [Int64] = [Int64(count), 3, Int64(side), Int64(side)]
        guard canvases.count >= count * 3 * side * side else { throw InferenceError("a batch of \(count) pictures is incomplete") }
        try LibraryMessage.check { ci_network_run(handle, canvases, dims, &output, $0, LibraryMessage.size) == 0 ? true : nil }
        let sides = withUnsafeBytes(of: output.dims) { dims in
            (0..<Int(output.rank)).map { Int(dims.load(fromByteOffset: 8 * $0, as: Int64.self)) }
        }
        let values = sides.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        return HeadOutput(values: Array(UnsafeBufferPointer(start: output.values, count: max(0, values))), dims: sides)
    }
}

/// The sentence in which the C side says what went wrong.
enum LibraryMessage {
    static let size = 1024

    /// The result of `call`, which gets room for a message and gives nil when it fails.
    @discardableResult
    static func check<Result>(_ call: (UnsafeMutablePointer<CChar>) -> Result?) throws -> Result {
        var message = [CChar](repeating: 0, count: size)
        guard let result = call(&message) else { throw InferenceError(text(message)) }
        return result
    }

    /// What a describing function of `CInferenceABI` wrote.
    static func description(_ describe: (UnsafeMutablePointer<CChar>, Int) -> Int32) throws -> EngineDescription {
        var message = [CChar](repeating: 0, count: size)
        let status = describe(&message, size)
        let lines = text(message).split(separator: "\n", omittingEmptySubsequences: false)
        guard status == 0 else { throw InferenceError(text(message)) }
        return EngineDescription(
            version: String(lines.first ?? ""), devices: lines.dropFirst().first?.split(separator: ",").map(String.init) ?? [])
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
