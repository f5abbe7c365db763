package import Detection
import Foundation
package import Imaging

/// Answers scoring requests with a detector, as a deployment without a scoring script does.
package struct DetectorScorer: Sendable {
    /// Draws what was found on its picture.
    package typealias Drawing = @Sendable ([DetectedObject], PixelImage) -> PixelImage

    private let detector: any Detector
    private let settings: DetectionSettings
    private let drawing: Drawing?
    /// One picture a core is decoded at a time: a decoded picture may take hundreds of megabytes.
    private let decoding = DispatchSemaphore(value: max(1, ProcessInfo.processInfo.activeProcessorCount))

    /// - Parameters:
    ///   - settings: what counts as a detection unless a request says otherwise; the detector's own when nil.
    ///   - drawing: for answers that are pictures; without it they are refused.
    package init(detector: any Detector, settings: DetectionSettings? = nil, drawing: Drawing? = nil) {
        self.detector = detector
        self.settings = settings ?? detector.settings
        self.drawing = drawing
    }

    /// A request that cannot be answered as it is.
    private struct Refusal: Error {
        var message: String
        /// The picture at fault, counted from 0.
        var position: Int?
    }

    /// A picture on its way.
    private struct Scored {
        var pending: PendingDetections
        var facts: ImageFacts
        var id: Int
        var width: Int
        var height: Int
        /// Kept only where it will be drawn on.
        var image: PixelImage?
    }

    /// The answer to one request; every failure becomes an answer. Called from several threads at once.
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
            return refused(request, 405, Refusal(message: "the method \(request.method) is not allowed here; POST a picture"))
        }
        let input: ScoringInput
        let scored: [Scored]
        do {
            input = try ScoringInput(
                body: body, contentType: request.headers["content-type"] ?? "application/json", query: request.query,
                accept: request.headers["accept"] ?? "")
            scored = try begin(input)
        } catch {
            return refused(request, 400, error as? Refusal ?? Refusal(message: "\(error)"))
        }
        do {
            let found = try scored.map { try $0.pending.value() }
            let (type, content) = try render(found, of: scored, input)
            return (WireResponse(id: request.id, headers: ["content-type": type], facts: facts(found, of: scored, input)), content)
        } catch {
            return refused(request, 500, Refusal(message: "the model failed: \(error)"), failed: true)
        }
    }

    /// Decodes the pictures and hands each to the detector before the next one is looked at.
    private func begin(_ input: ScoringInput) throws -> [Scored] {
        let settings = try input.wishes.settings(over: settings, classNames: detector.classNames)
        var isDrawn = false
        if case .picture = input.wishes.shape {
            guard drawing != nil else { throw Refusal(message: "pictures are not drawn here; ask for application/json") }
            guard input.pictures.count == 1 else {
                throw Refusal(
                    message: "the answer can be a picture only for a request with one, not \(input.pictures.count); ask for application/json")
            }
            isDrawn = true
        }
        return try input.pictures.enumerated().map { position, picture in
            let image: PixelImage
            do {
                decoding.wait()
                defer { decoding.signal() }
                image = try ImageDecoder().decode(picture.bytes)
            } catch {
                throw Refusal(message: "\(picture.place) cannot be used: \(error)", position: position)
            }
            // The network starts on the picture while its facts are measured.
            let pending = try detector.begin(image, settings: settings)
            return Scored(
                pending: pending, facts: ImageFacts(of: image), id: picture.id, width: image.width, height: image.height,
                image: isDrawn ? image : nil)
        }
    }

    /// The media type and the bytes of the answer.
    private func render(_ found: [[DetectedObject]], of scored: [Scored], _ input: ScoringInput) throws -> (String, [UInt8]) {
        if case .picture(let format) = input.wishes.shape, let drawing, let image = scored.first?.image {
            let drawn = drawing(found[0], image)
            return (format.mediaType, format == .png ? try ImageEncoder.png(drawn) : try ImageEncoder.jpeg(drawn))
        }
        let answers = zip(scored, found).map { ScoringOutput.Answer(id: $0.id, width: $0.width, height: $0.height, objects: $1) }
        return ("application/json", ScoringOutput(classNames: detector.classNames).body(answers, form: input.form, shape: input.wishes.shape))
    }

    private func facts(_ found: [[DetectedObject]], of scored: [Scored], _ input: ScoringInput) -> ScoringFacts {
        // The server reads the detections off an answer that says which picture they belong to, in shares of it.
        let isPlain: Bool =
            switch input.wishes.shape {
            case .autoML: true
            case .coco, .picture: false
            case .list: input.pictures.count == 1 && input.form != .several && input.form != .autoML
            case nil: input.form != .several
            }
        return ScoringFacts(
            images: zip(found, scored).map { objects, scored in
                ScoringFacts.ImageRecord(
                    image: scored.facts,
                    detections: isPlain
                        ? nil : objects.map { .init($0, width: scored.width, height: scored.height, classNames: detector.classNames) })
            })
    }

    private func refused(_ request: WireRequest, _ status: Int, _ refusal: Refusal, failed: Bool = false) -> (WireResponse, [UInt8]) {
        var text = JSONText()
        text.object {
            $0.field("message", refusal.message)
            if let position = refusal.position { $0.field("position", Double(position)) }
        }
        return (WireResponse(id: request.id, status: status, headers: ["content-type": "application/json"], failed: failed), text.bytes)
    }
}
