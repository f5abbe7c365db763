import Foundation
import Imaging
import Inference
import ProcessHost
import Synchronization

/// `martlet-worker serve` within the test: the worker's own socket, scorer and kernels, without its process.
final class NativeWorker: Sendable {
    private let listener: WorkerSocket

    /// - Parameter spec: what the deployment would start.
    init(_ spec: ProcessSpec) throws {
        func argument(_ name: String) -> String {
            guard let index = spec.command.firstIndex(of: name), index + 1 < spec.command.count else { return "" }
            return spec.command[index + 1]
        }
        let detector = try AllBackends.open(argument("--model-dir"), options: DetectorOptions(engine: "native", threads: 1))
        let scorer = DetectorScorer(detector: detector) { objects, image in
            // Something that shows on the picture how much was found.
            PixelImage(width: image.width, height: image.height, red: UInt8(clamping: objects.count))
        }
        let socket = try WorkerSocket(path: argument("--socket"))
        listener = socket
        Thread.detachNewThread { try? socket.serve { scorer.respond(to: $0, body: $1) } }
    }

    func stop() { listener.stop() }
}
