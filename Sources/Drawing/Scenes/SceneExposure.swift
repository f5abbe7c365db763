import Imaging

/// What the camera makes of the scene: exposure, colour of the light, vignette, softness, grain.
struct SceneExposure {
    private let brightness: Double
    private let warmth: Double
    private let vignette: Double
    private let softness: Double
    private let noise: Double
    private var grain: SceneRandom

    init(style: SceneStyle, random: inout SceneRandom) {
        brightness = style.brightness * random.number(0.92, 1.12)
        warmth = style.warmth + random.number(-0.28, 0.34)
        vignette = random.number(0.06, 0.34)
        softness = style.softness * random.number(0, 1) * random.number(0.2, 1)
        noise = style.noise * random.number(0.4, 1)
        grain = random.split()
    }

    func photograph(_ canvas: Canvas) -> PixelImage {
        let (width, height) = (Double(canvas.width), Double(canvas.height))
        canvas.multiply(
            .ink(
                Ink(
                    min(1, brightness * (1 + 0.16 * min(0, warmth) + 0.02 * warmth)), min(1, brightness * (1 - 0.03 * abs(warmth))),
                    min(1, brightness * (1 - 0.22 * max(0, warmth))))))
        canvas.multiply(
            .radial(
                x: width / 2, y: height * 0.46, radius: max(width, height) * 0.75,
                [
                    InkStop(0, .white), InkStop(0.55, .white), InkStop(1, Ink(1 - vignette, 1 - vignette, 1 - vignette)),
                ]))
        // A trace of softness is always there: drawn edges are sharper than any lens.
        let blurred = canvas.image.blurred(sigma: 1.4 * max(1, height / 480))
        canvas.draw(Canvas(blurred), opacity: 0.18 + 0.7 * softness)
        layGrain(on: canvas)
        return canvas.image
    }

    /// A tile of grey grain, repeated over the picture from a random place; overlay leaves its middle grey unseen.
    private func layGrain(on canvas: Canvas) {
        var random = grain
        let side = 144
        var pixels = [UInt8](repeating: 128, count: side * side * 3)
        for index in stride(from: 0, to: pixels.count, by: 3) {
            let bits = random.bits()
            // The sum of four bytes is close enough to a normal distribution; two more tint it.
            let sum = (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24 & 255)
            let grey = 128 + (Int(sum) - 510) / 4
            pixels[index] = UInt8(min(max(grey + Int(bits >> 32 & 31) - 16, 0), 255))
            pixels[index + 1] = UInt8(min(max(grey, 0), 255))
            pixels[index + 2] = UInt8(min(max(grey + Int(bits >> 40 & 31) - 16, 0), 255))
        }
        let tile = Canvas(PixelImage(width: side, height: side, pixels: pixels))
        canvas.overlay(tile, x: random.number(0, Double(side)), y: random.number(0, Double(side)), opacity: noise)
    }
}
