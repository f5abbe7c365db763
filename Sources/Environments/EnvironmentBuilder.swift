internal import Foundation
internal import ProcessHost
internal import Resources

/// Builds virtual environments with `uv`, each once: named by what it contains, reused by every job and deployment that
/// asks for the same.
package actor EnvironmentBuilder {
    private let root: String
    /// Takes part in a build's environment: where packages come from (pip's and uv's own variables), proxies, certificates.
    private let inherited: [String: String]
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    package init(root: String, processEnvironment: [String: String]) {
        self.root = root
        let prefixes = ["PIP_", "UV_", "SSL_", "REQUESTS_CA_BUNDLE", "HTTP", "http", "NO_PROXY", "no_proxy", "ALL_PROXY", "HOME", "PATH", "LANG", "TMPDIR"]
        inherited = processEnvironment.filter { variable in prefixes.contains { variable.key.hasPrefix($0) } }
    }

    /// The folder of the virtual environment for `recipe`, built now if it is not there. Every step goes to `log`.
    package func folder(for recipe: EnvironmentRecipe, log: @escaping @Sendable (String) -> Void) async throws -> String {
        for note in recipe.notes { log(note.line > 0 ? "conda_file:\(note.line): \(note.text)" : note.text) }
        let folder = "\(root)/\(Self.name(of: recipe.identity))"
        while waiting[folder] != nil {
            log("the same environment is being built for somebody else; waiting for it")
            await withCheckedContinuation { waiting[folder]?.append($0) }
        }
        if Self.isComplete(folder, recipe) {
            log("environment reused: \(recipe.requirements.count) requirements, \(folder)")
            return folder
        }
        waiting[folder] = []
        defer { for continuation in waiting.removeValue(forKey: folder) ?? [] { continuation.resume() } }
        try await build(recipe, in: folder, log: log)
        return folder
    }

    private func build(_ recipe: EnvironmentRecipe, in folder: String, log: @escaping @Sendable (String) -> Void) async throws {
        let start = Date()
        // What an interrupted build left has no mark of completion and is made anew.
        try? FileManager.default.removeItem(atPath: folder)
        let uv = try await uvCommand()
        var venv = uv + ["venv", "--quiet", "--no-project"]
        if let python = recipe.python {
            if try await run(uv + ["python", "find", python], log: { _ in }) == 0 {
                venv += ["--python", python]
            } else {
                log("python=\(python): this version is not installed on this machine; the environment uses python3 instead")
                venv += ["--python", "python3"]
            }
        } else {
            venv += ["--python", "python3"]
        }
        log("building the environment in \(folder)")
        guard try await run(venv + [folder], log: log) == 0 else {
            throw Problem(.invalidInput, "the environment's Python could not be set up; its build log (system_logs/prepare.log) says why")
        }
        if !recipe.requirements.isEmpty {
            let list = folder + "/requirements.txt"
            try Data((recipe.requirements.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: list))
            let install = uv + ["pip", "install", "--python", folder + "/bin/python", "--requirement", list]
            guard try await run(install, log: log) == 0 else {
                throw Problem(
                    .invalidInput,
                    "the environment's packages could not be installed; its build log (system_logs/prepare.log) names the requirement that failed")
            }
        }
        try Data(recipe.identity.utf8).write(to: URL(filePath: folder + "/" + Self.mark), options: .atomic)
        log("environment built in \(String(format: "%.1f", Date().timeIntervalSince(start))) s")
    }

    private func run(_ arguments: [String], log: @escaping @Sendable (String) -> Void) async throws -> Int32 {
        var environment = inherited
        environment["UV_PYTHON_DOWNLOADS"] = "never"
        environment["UV_NO_PROGRESS"] = "1"
        environment["UV_CACHE_DIR"] = environment["UV_CACHE_DIR"] ?? root + "/cache"
        environment["UV_LINK_MODE"] = environment["UV_LINK_MODE"] ?? "hardlink"
        // uv reads its own variables, not pip's: pass the user's package index on.
        if let index = environment["PIP_INDEX_URL"], environment["UV_INDEX_URL"] == nil { environment["UV_INDEX_URL"] = index }
        if let links = environment["PIP_FIND_LINKS"], environment["UV_FIND_LINKS"] == nil { environment["UV_FIND_LINKS"] = links }
        return try await LocalCommand(arguments, environment: environment).run(line: log)
    }

    private func uvCommand() async throws -> [String] {
        for candidate in [["uv"], ["python3", "-m", "uv"]] {
            if let code = try? await run(candidate + ["--version"], log: { _ in }), code == 0 { return candidate }
        }
        throw Problem(.unavailable, "'uv' is not installed, and it builds the Python environments; run 'make setup' or 'pip install uv'")
    }

    private static let mark = "martlet-complete.txt"

    private static func isComplete(_ folder: String, _ recipe: EnvironmentRecipe) -> Bool {
        FileManager.default.contents(atPath: folder + "/" + mark) == Data(recipe.identity.utf8)
    }

    /// 128 bits of FNV-1a; the mark inside tells two environments of one name apart.
    private static func name(of identity: String) -> String {
        [UInt64(0xcbf2_9ce4_8422_2325), 0x9e37_79b9_7f4a_7c15].map { seed in
            String(identity.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
        }.joined()
    }
}
