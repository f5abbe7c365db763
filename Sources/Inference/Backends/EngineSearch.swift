import Foundation

/// Where the libraries of engines are looked for: a folder of our own, the packages of Python environments, the system.
package struct EngineSearch: Sendable {
    /// Folders, the first hit wins. Each may hold a library itself or be a Python site-packages folder.
    package var folders: [String]

    package init(folders: [String]) {
        self.folders = folders
    }

    /// What installs the engines.
    static let installCommand = "make setup-engines"

    /// `MARTLET_ENGINES`, then the active Python environment, then Python environments beside the program, of the user and
    /// of the system, then the system's library folders.
    package static func fromEnvironment(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> EngineSearch {
        var roots: [String] = []
        if let named = environment["MARTLET_ENGINES"], !named.isEmpty { roots += named.split(separator: ":").map(String.init) }
        for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
            if let active = environment[variable], !active.isEmpty { roots.append(active) }
        }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        roots.append(program + "/engines")
        if let home = environment["HOME"], !home.isEmpty { roots.append(home + "/.local") }
        roots += ["/usr/local", "/usr"]
        var folders: [String] = []
        for root in roots {
            folders.append(root)
            for python in contents(of: root + "/lib") where python.hasPrefix("python3") {
                folders.append("\(root)/lib/\(python)/site-packages")
                folders.append("\(root)/lib/\(python)/dist-packages")
            }
        }
        folders += ["/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        return EngineSearch(folders: folders)
    }

    /// The path of the newest file whose name starts with `libraryName` (`libx.so`), directly in a folder or in its
    /// `packageFolder` (`onnxruntime/capi`).
    package func library(_ libraryName: String, packageFolder: String) -> String? {
        for folder in folders {
            for place in [folder, folder + "/" + packageFolder] {
                let names = Self.contents(of: place).filter { $0 == libraryName || $0.hasPrefix(libraryName + ".") }
                if let newest = names.max(by: { $0.compare($1, options: .numeric) == .orderedAscending }) {
                    return place + "/" + newest
                }
            }
        }
        return nil
    }

    private static func contents(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
