/// What a user's process needs of the machine's environment to run at all.
package enum MachineVariables {
    /// The part of the server's own environment that a job or a scoring worker may see: nothing that could carry a secret.
    package static func harmless(of environment: [String: String]) -> [String: String] { environment.filter { isHarmless($0.key) } }

    private static func isHarmless(_ name: String) -> Bool {
        names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }

    private static let names: Set = [
        "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SHELL", "TERM", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME",
    ]
    private static let prefixes = ["LC_", "OMP_", "MKL_", "OPENBLAS_", "NVIDIA_", "MARTLET_ENGINE"]
}
