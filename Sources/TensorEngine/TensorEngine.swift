internal import CTorchABI
import Foundation

/// The tensor library, loaded at run time from the plug-in `libEngineTorch.so`; the program links none.
///
/// Gradient recording belongs to the calling thread, so one piece of work (a training, a served model) stays on one
/// thread; `onThread(named:_:)` gives it one of its own.
///
/// `@unchecked Sendable`: the table and the operator handles are written once, before the value exists, and live as
/// long as the process; the library's functions may be called from any thread.
package final class TensorEngine: @unchecked Sendable {
    let table: ct_table
    private let operators: [Operator: ct_op]

    /// The version of the library that the plug-in was compiled for, such as "1.13.1".
    package let version: String

    package static let pluginFileName = "libEngineTorch.so"

    /// Loads the plug-in from `pluginPath`, or from beside the running executable when there is none.
    ///
    /// - Throws: `EngineError` that names the command which installs what is missing.
    package static func load(pluginPath: String? = nil) throws -> TensorEngine {
        let path = pluginPath ?? defaultPluginPath
        guard FileManager.default.fileExists(atPath: path) else {
            throw EngineError(.notInstalled, "there is no tensor engine at \(path); run `make setup-engine` and build again")
        }
        // Spinning barriers of OpenMP collapse when other processes want the cores too; libgomp reads this while loading.
        setenv("OMP_WAIT_POLICY", "PASSIVE", 0)
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw EngineError(
                .incompatible, "the tensor engine \(path) does not load: \(loaderMessage()); run `make setup-engine` and build again")
        }
        guard let symbol = dlsym(library, "ct_engine") else {
            throw EngineError(.incompatible, "\(path) is no tensor engine of this program: \(loaderMessage())")
        }
        let start = unsafeBitCast(symbol, to: ct_engine_function.self)
        var why: UnsafePointer<CChar>?
        guard let table = start(&why) else {
            let reason = why.map { String(cString: $0) } ?? "no reason given"
            throw EngineError(.notInstalled, "there is no tensor engine: \(reason)")
        }
        return try TensorEngine(table: table.pointee, path: path)
    }

    private init(table: ct_table, path: String) throws {
        guard table.abi_version == CT_ABI_VERSION else {
            throw EngineError(
                .incompatible,
                "\(path) speaks version \(table.abi_version) of the engine's table, this program \(CT_ABI_VERSION); build again")
        }
        var found: [Operator: ct_op] = [:]
        var absent: [String] = []
        for entry in Operator.allCases {
            var handle: ct_op?
            if table.op_find(String(entry.schemaName), String(entry.overload), &handle) == 0, let handle {
                found[entry] = handle
            } else {
                absent.append(entry.rawValue)
            }
        }
        version = table.version().map { String(cString: $0) } ?? "unknown"
        guard absent.isEmpty else {
            throw EngineError(.incompatible, "libtorch \(version) lacks the operators \(absent.joined(separator: ", "))")
        }
        self.table = table
        operators = found
    }

    /// What the variable MARTLET_TORCH_ENGINE names (a plug-in for another libtorch, by `scripts/setup-engine --torch`), else
    /// `libEngineTorch.so` in the folder of the running executable.
    package static var defaultPluginPath: String {
        if let named = ProcessInfo.processInfo.environment["MARTLET_TORCH_ENGINE"], !named.isEmpty { return named }
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return executable.deletingLastPathComponent().appendingPathComponent(pluginFileName).path
    }

    private static func loaderMessage() -> String {
        dlerror().map { String(cString: $0) } ?? "the loader gives no reason"
    }

    // MARK: Operators

    /// Calls an operator with its leading arguments; the rest take their defaults.
    @discardableResult
    package func call(_ name: Operator, _ arguments: [OperatorArgument], resultCapacity: Int = 4) throws -> [Tensor] {
        var marshalled = MarshalledArguments(arguments)
        let handle = operators[name]
        return try withUnsafeTemporaryAllocation(of: ct_value.self, capacity: resultCapacity) { results in
            var count: Int32 = 0
            let code = withExtendedLifetime(arguments) {
                marshalled.withValues { table.op_call(handle, $0, $1, results.baseAddress, Int32(resultCapacity), &count) }
            }
            guard code == 0 else { throw failure(name.rawValue) }
            return results.prefix(Int(count)).compactMap { result in
                guard result.kind == CT_TENSOR, let pointer = result.of.pointer else { return nil }
                return Tensor(owning: OpaquePointer(pointer), engine: self)
            }
        }
    }

    /// The single tensor that an operator gives.
    func one(_ name: Operator, _ arguments: OperatorArgument...) throws -> Tensor {
        guard let first = try call(name, arguments).first else {
            throw EngineError(.operationFailed, "\(name.rawValue) gave no tensor")
        }
        return first
    }

    func failure(_ what: String) -> EngineError {
        EngineError(.operationFailed, "\(what) failed: \(table.last_error().map { String(cString: $0) } ?? "no reason given")")
    }

    // MARK: Modes and resources

    /// Runs `body` without recording for gradients.
    package func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
        let was = table.set_grad_mode(0)
        defer { _ = table.set_grad_mode(was) }
        return try body()
    }

    /// Threads that one operator may use.
    package var threadCount: Int {
        get { Int(table.thread_count()) }
        set { table.set_thread_count(Int32(clamping: newValue)) }
    }

    /// Graphics cards that the library can use.
    package var cudaDeviceCount: Int { Int(table.cuda_device_count()) }

    /// Tensors alive in this process; for tests of leaks.
    package var liveTensorCount: Int { Int(table.tensor_count()) }
}
