internal import ControlPlane
internal import Foundation
internal import Resources

/// A folder of links for the `PATH` of jobs: `martlet`, `martlet-worker`, and `az`, which is `martlet` under Azure's name.
struct ToolFolder {
    let path: String

    init(folder: DataFolder, executable: String) throws {
        path = folder.path + "/bin"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let worker = (executable as NSString).deletingLastPathComponent + "/martlet-worker"
        for (name, target) in [("martlet", executable), ("az", executable), ("martlet-worker", worker)] {
            let link = "\(path)/\(name)"
            unlink(link)
            guard symlink(target, link) == 0 else { throw Problem(.internalFault, "cannot make the link \(link)") }
        }
    }
}
