import Detection
import Foundation
import Imaging

/// Answers scoring requests with a detector, as a deployment without a scoring script does.
package struct DetectorScorer: Sendable {
    private let detector: any Detector
    private let settings: DetectionSettings

    package init(detector: any Detector, settings: DetectionSettings = DetectionSettings()) {
        self.detector = detector
        self.settings = settings
    }

    /// The answer to one request; every failure becomes an answer.
    package func respond(to request: WireRequest, body: [UInt8]) -> (WireResponse, [UInt8]) {
        let clock = ContinuousClock()
        let start = clock.now
        var (response, content) = answer(request, body)
        let spent = start.duration(to: clock.now).components
        response.ms = (Double(spent.seconds) * 1e6 + Double(spent.attoseconds / 1_000_000_000_000)).rounded() / 1000
        return (response, content)
    }

    private func answer(_ request: WireRequest, _ body: [UInt8]) -> (WireResponse, [UInt8]) {
        if request.kind == .health { return (WireResponse(id: request.id, headers: ["content-type": "text/plain"]), Array("Healthy".utf8)) }
        guard request.method.uppercased() == "POST" else {
            return refusal(request, 405, "the method \(request.method) is not allowed here; POST a picture")
        }
        let input: ScoringInput
        var images: [PixelImage] = []
        do {
            input = try ScoringInput(body: body, contentType: request.headers["content-type"] ?? "application/json")
            for (index, bytes) in input.images.enumerated() {
                do {
                    images.append(try ImageDecoder().decode(bytes))
                } catch {
                    throw InferenceError("\(input.images.count > 1 ? "picture \(index) " : "the picture ")cannot be used: \(error)")
                }
            }
        } catch {
            return refusal(request, 400, "\(error)")
        }
        do {
            let found = try detector.detect(images, settings: settings)
            let content = try ScoringOutput(classNames: detector.classNames).body(found, images: images, shape: input.shape)
            let records = zip(found, images).map { objects, image in
                ScoringFacts.ImageRecord(
                    image: ImageFacts(of: image), prediction: .init(objects, in: image, classNames: detector.classNames))
            }
            return (
                WireResponse(id: request.id, headers: ["content-type": "application/json"], facts: ScoringFacts(images: records)), content
            )
        } catch {
            return refusal(request, 500, "the model failed: \(error)", failed: true)
        }
    }

    private func refusal(_ request: WireRequest, _ status: Int, _ message: String, failed: Bool = false) -> (WireResponse, [UInt8]) {
        let content = (try? JSONEncoder().encode(["message": message])) ?? Data()
        return (
            WireResponse(id: request.id, status: status, headers: ["content-type": "application/json"], failed: failed), Array(content)
        )
    }
}
