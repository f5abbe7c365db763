internal import Foundation

/// One conda dependency seen as a pip requirement.
struct CondaPackage {
    let name: String
    /// The bare version of an exact pin (`=3.10`, `==3.10.2`).
    let version: String?
    private let constraint: String

    init(_ spec: String) {
        let text = spec.replacing(" ", with: "")
        let end = text.firstIndex { "=<>!~[".contains($0) } ?? text.endIndex
        name = text[..<end].lowercased()
        constraint = String(text[end...])
        let bare = constraint.drop { $0 == "=" }
        version = constraint.hasPrefix("=") ? String(bare.split(separator: "=").first ?? "").replacing("*", with: "") : nil
    }

    static func name(of spec: String) -> String { CondaPackage(spec).name }

    var pipName: String { Self.pipNames[name] ?? name }

    /// The pip requirement; `nil` for what only conda has.
    var requirement: String? {
        if Self.condaOnly.contains(name) || name.hasPrefix("r-") || name.hasPrefix("lib") || name.hasPrefix("_") { return nil }
        return pipName + pipConstraint
    }

    /// conda's `=1.2` means "1.2 and its patches"; a second `=` names a build, which PyPI does not have.
    private var pipConstraint: String {
        if constraint.hasPrefix("==") { return "==" + (constraint.dropFirst(2).split(separator: "=").first ?? "") }
        if constraint.hasPrefix("=") {
            let version = constraint.dropFirst().split(separator: "=").first.map(String.init) ?? ""
            return version.isEmpty ? "" : "==" + version + (version.hasSuffix("*") ? "" : ".*")
        }
        return constraint
    }

    static func importName(_ name: String) -> String { importNames[name] ?? name }

    private static let pipNames = [
        "pytorch": "torch", "pytorch-lightning": "pytorch-lightning", "opencv": "opencv-python-headless", "py-opencv": "opencv-python-headless",
        "matplotlib-base": "matplotlib", "msgpack-python": "msgpack", "tensorflow-gpu": "tensorflow", "pytables": "tables",
        "python-dateutil": "python-dateutil", "ruamel_yaml": "ruamel.yaml",
    ]
    private static let importNames = ["pytorch": "torch", "opencv": "cv2", "pillow": "PIL", "scikit-learn": "sklearn", "pyyaml": "yaml"]
    private static let condaOnly: Set = [
        "cudatoolkit", "cuda", "cuda-toolkit", "cudnn", "nccl", "pytorch-cuda", "pytorch-mutex", "mkl", "blas", "openblas", "gcc", "gxx", "ffmpeg",
        "openmpi", "mpich", "nodejs", "openjdk", "cmake", "make", "git", "compilers",
    ]
}
