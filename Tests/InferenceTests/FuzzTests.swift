import Foundation
import Imaging
import Inference
import TensorEngine
import Testing

/// Damaged files by the thousand: whatever the bytes, the answer is a result or an error, and it comes soon.
/// `MARTLET_FUZZ_SECONDS` says how long each target runs (a second by default), `MARTLET_FUZZ_SEED` where the damage starts.
@Suite("Damaged bytes", .serialized)
struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seconds = environment["MARTLET_FUZZ_SECONDS"].flatMap { Double($0) } ?? 1
    private static let seed = environment["MARTLET_FUZZ_SEED"].flatMap { UInt64($0) } ?? 20_261_124

    /// SplitMix64 (Steele, Lea and Flood 2014): the same damage on every run.
    private struct Dice {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }

        mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }
    }

    /// A copy with a few bytes changed, cut, doubled, or set to the values at which arithmetic breaks.
    private static func damaged(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0...dice.below(6) {
            guard !bytes.isEmpty else { return bytes }
            // Headers are where parsers live, so the beginning is hit more often.
            let place = dice.below(dice.below(2) == 0 ? min(bytes.count, 256) : bytes.count)
            switch dice.below(7) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            case 1: bytes[place] ^= 1 << UInt8(dice.below(8))
            case 2: bytes.removeLast(min(bytes.count, dice.below(bytes.count)))
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + dice.below(16)))
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + dice.below(16))], at: place)
            case 5: for index in place..<min(bytes.count, place + 1 + dice.below(8)) { bytes[index] = 0xFF }
            default: for index in place..<min(bytes.count, place + 1 + dice.below(8)) { bytes[index] = UInt8(ascii: "9") }
            }
        }
        return bytes
    }

    /// Runs `target` on damaged copies of `samples` until the time is over; each run must end within a second.
    private func fuzz(_ samples: [[UInt8]], _ target: ([UInt8]) throws -> Void) {
        var dice = Dice(state: Self.seed)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.seconds)
        var runs = 0, refused = 0
        while clock.now < end || runs < 50 {
            let bytes = Self.damaged(samples[dice.below(samples.count)], &dice)
            let start = clock.now
            do { try target(bytes) } catch { refused += 1 }
            runs += 1
            if start.duration(to: clock.now) > .seconds(2) {
                Issue.record("run \(runs) of seed \(Self.seed) took \(start.duration(to: clock.now)): \(Data(bytes.prefix(400)).base64EncodedString())")
            }
        }
        // Damage that nobody notices would mean that nothing is checked.
        #expect(refused > 0, "\(runs) runs")
    }

    private func picture() -> PixelImage {
        var image = PixelImage(width: 40, height: 30)
        for index in image.pixels.indices { image.pixels[index] = UInt8(truncatingIfNeeded: index &* 37 ^ index >> 3) }
        return image
    }

    @Test("Pictures") func pictures() throws {
        let image = picture()
        // A JPEG with an Exif block that turns it, so that its reader is reached, too.
        let jpeg = try ImageEncoder.jpeg(image)
        let exif: [UInt8] = [0xFF, 0xE1, 0, 34] + Array("Exif\0\0II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        let turned = Array(jpeg.prefix(2)) + exif + Array(jpeg.dropFirst(2))
        #expect(try ImageDecoder().decode(turned).width == 30)
        let small = ImageLimits(bytes: 1_000_000, pixels: 4_000_000, side: 4000)
        fuzz([jpeg, turned, try ImageEncoder.png(image), try ImageEncoder.jpeg(image, quality: 50)]) { bytes in
            let decoded = try ImageDecoder(limits: small).decode(bytes)
            if decoded.pixels.count != decoded.width * decoded.height * 3 { Issue.record("a picture of another size than it says") }
        }
    }

    @Test("Headers of safetensors") func safetensors() throws {
        let whole = try TinyModels.safetensors()
        let length = 8 + whole.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        let two = try SafeTensors.encoded(
            [
                .init(name: "a", type: .float32, shape: [2, 3], bytes: [UInt8](repeating: 1, count: 24)),
                .init(name: "model.0.conv.weight", type: .bfloat16, shape: [0, 7], bytes: []),
            ], metadata: ["format": "pt"])
        fuzz([Array(two), Array(two), Array(whole.prefix(min(length + 64, 4096)))]) { bytes in
            let file = try SafeTensors(Data(bytes), source: "fuzz")
            for name in file.names { _ = try? file.floats(name) }
        }
    }

    @Test("Headers of ONNX") func onnx() throws {
        try TinyModels.withFolder { folder in
            let whole = TinyModels.onnx()
            // Without the weights, so that nearly every damage hits structure.
            let bare = TinyModels.onnx(batch: 1, reshape: [])
            let path = folder + "/fuzz.onnx"
            fuzz([whole, Array(bare.suffix(400)), Array(bare.prefix(300)) + Array(bare.suffix(300))]) { bytes in
                try Data(bytes).write(to: URL(filePath: path))
                let description = try ONNXDescription(path: path)
                _ = (description.inputSize, description.names)
            }
        }
    }

    @Test("Whole scoring requests") func requests() throws {
        struct Blind: Detector {
            var classNames: [String] { ["a"] }
            var inputSize: Int { 32 }
            var engine: String { "blind" }
            func begin(_ image: PixelImage, settings: DetectionSettings) -> PendingDetections { PendingDetections { [] } }
        }
        let scorer = DetectorScorer(detector: Blind()) { $1 }
        let picture = try ImageEncoder.jpeg(picture(), quality: 30)
        let base64 = Data(picture).base64EncodedString()
        let json = Array("{\"input_data\": {\"columns\": [\"image\"], \"index\": [0], \"data\": [\"\(base64)\"]}, \"conf\": 0.5, \"classes\": [\"a\", 0]}".utf8)
        let field = "--x\r\nContent-Disposition: form-data; name=\"conf\"\r\n\r\n0.5\r\n"
        let file = "--x\r\nContent-Disposition: form-data; name=\"i\"; filename=\"a\"\r\n\r\n"
        var form = Array((field + file).utf8)
        form += picture
        form += Array("\r\n--x--\r\n".utf8)
        fuzz([json, form, picture]) { bytes in
            // The first byte of the damaged body chooses what it is said to be, so that kinds are mixed up as well.
            let type = ["application/json", "multipart/form-data; boundary=x", "image/jpeg"][Int(bytes.first ?? 0) % 3]
            let headers = ["content-type": bytes.starts(with: "--".utf8) ? "multipart/form-data; boundary=x" : bytes.first == 0x7B ? "application/json" : type]
            let (response, content) = scorer.respond(to: WireRequest(id: "1", headers: headers), body: bytes)
            if ![200, 400].contains(response.status) || content.isEmpty { Issue.record("status \(response.status)") }
            if response.status == 400 { throw InferenceError(String(decoding: content, as: UTF8.self)) }
        }
    }
}
