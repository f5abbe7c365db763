import Detection
import Imaging
import Testing

@Suite struct `Fitting pictures into a canvas` {
    private func drawn(_ image: PixelImage, _ letterbox: Letterbox) -> ([Float], Letterbox.Transform) {
        var canvas = [Float](repeating: -1, count: letterbox.floatCount)
        let transform = canvas.withUnsafeMutableBufferPointer { letterbox.draw(image, into: $0) }
        return (canvas, transform)
    }

    @Test(arguments: [(1920, 1080), (480, 640), (33, 1000), (640, 640), (7, 5), (4000, 3000), (1, 900)])
    func `boxes come back from the canvas`(width: Int, height: Int) {
        let transform = Letterbox(side: 640).transform(imageWidth: width, imageHeight: height)
        let box = BoundingBox(x: Double(width) * 0.13, y: Double(height) * 0.37, width: Double(width) * 0.4, height: Double(height) * 0.21)
        let back = transform.toImage(transform.toCanvas(box))
        let edges: [(Double, Double)] = [(box.xMin, back.xMin), (box.yMin, back.yMin), (box.xMax, back.xMax), (box.yMax, back.yMax)]
        for (one, other) in edges { #expect(abs(one - other) < 1e-6) }
        let whole = transform.toCanvas(BoundingBox(x: 0, y: 0, width: Double(width), height: Double(height)))
        #expect(whole.xMin >= 0 && whole.yMin >= 0 && whole.xMax <= 641 && whole.yMax <= 641)
    }

    @Test func `a picture of the canvas's size is copied plane by plane`() {
        let image = PixelImage(width: 2, height: 2, pixels: [0, 51, 102, 153, 204, 255, 255, 0, 51, 102, 153, 204])
        let (canvas, transform) = drawn(image, Letterbox(side: 2))
        #expect(transform == Letterbox.Transform(scale: 1, padX: 0, padY: 0))
        let expected: [Float] = [0, 0.6, 1, 0.4, 0.2, 0.8, 0, 0.6, 0.4, 1, 0.2, 0.8]
        #expect(zip(canvas, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `a wide picture is centred between bands of grey`() {
        let image = PixelImage(width: 4, height: 2, red: 255, green: 0, blue: 0)
        let (canvas, transform) = drawn(image, Letterbox(side: 4))
        #expect(transform == Letterbox.Transform(scale: 1, padX: 0, padY: 1))
        let grey = Float(114) / 255
        let band = [Float](repeating: grey, count: 4)
        let red = band + [Float](repeating: 1, count: 8) + band
        let dark = band + [Float](repeating: 0, count: 8) + band
        #expect(zip(canvas, red + dark + dark).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `enlarging blends neighbours at pixel centres`() {
        // 0 and 200 doubled: places -0.25, 0.25, 0.75, 1.25 of the source, held at the ends.
        let image = PixelImage(width: 2, height: 1, pixels: [0, 0, 0, 200, 200, 200])
        let (canvas, _) = drawn(image, Letterbox(width: 4, height: 2))
        let row: [Float] = [0, Float(50) / 255, Float(150) / 255, Float(200) / 255]
        #expect(zip(canvas.prefix(4), row).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `a batch is filled slice by slice`() {
        let letterbox = Letterbox(side: 8)
        let images = [gradient(width: 8, height: 8), gradient(width: 5, height: 9)]
        var batch = [Float](repeating: 0, count: 2 * letterbox.floatCount)
        batch.withUnsafeMutableBufferPointer { target in
            for (index, image) in images.enumerated() { letterbox.draw(image, into: target, at: index) }
        }
        #expect(batch == images.flatMap { drawn($0, letterbox).0 })
    }
}

@Suite struct `Changing pictures` {
    @Test func `resizing keeps a flat colour and takes any size`() {
        let flat = PixelImage(width: 13, height: 7, red: 9, green: 120, blue: 250)
        for (width, height) in [(1, 1), (100, 3), (13, 7), (4, 50)] {
            #expect(flat.resized(width: width, height: height) == PixelImage(width: width, height: height, red: 9, green: 120, blue: 250))
        }
        #expect(flat.resized(width: 0, height: -4).width == 1)
    }

    @Test func `reducing takes the mean of what falls together`() {
        let greys: [UInt8] = [0, 10, 90, 20, 30, 40, 10, 80]
        let image = PixelImage(width: 4, height: 2, pixels: greys.flatMap { [$0, $0, $0] })
        #expect(image.reduced(toLongestSide: 2) == PixelImage(width: 2, height: 1, pixels: [20, 20, 20, 50, 50, 50]))
        #expect(image.reduced(toLongestSide: 10) == image)
    }

    @Test func `cropping cuts to the picture and refuses nothing`() {
        let image = gradient(width: 6, height: 4)
        #expect(image.cropped(x: 0, y: 0, width: 6, height: 4) == image)
        #expect(image.cropped(x: 4, y: 2, width: 100, height: 100)?.width == 2)
        #expect(image.cropped(x: -2, y: -1, width: 4, height: 3) == image.cropped(x: 0, y: 0, width: 2, height: 2))
        #expect(image.cropped(x: 6, y: 0, width: 1, height: 1) == nil)
        #expect(image.cropped(x: 2, y: 2, width: -1, height: 1) == nil)
        #expect(image.cropped(x: 1, y: 1, width: .max, height: .max)?.width == 5)
    }

    @Test func `brightness and contrast work on bytes and stay in range`() {
        let image = PixelImage(width: 1, height: 1, pixels: [0, 100, 240])
        #expect(image.adjusted() == image)
        #expect(image.adjusted(brightness: 0.5).pixels == [0, 50, 120])
        #expect(image.adjusted(brightness: 2).pixels == [0, 200, 255])
        #expect(image.adjusted(contrast: 0).pixels == [128, 128, 128])
        #expect(image.adjusted(brightness: .nan).pixels == [0, 0, 0])
    }

    @Test func `blurring spreads a point and keeps a flat colour`() {
        let flat = PixelImage(width: 9, height: 9, red: 70, green: 80, blue: 90)
        #expect(flat.blurred(sigma: 3) == flat)
        var point = PixelImage(width: 9, height: 9)
        point.pixels[(4 * 9 + 4) * 3] = 255
        let blurred = point.blurred(sigma: 1.5)
        #expect(blurred.pixels[(4 * 9 + 4) * 3] < 100)
        #expect(blurred.pixels[(4 * 9 + 5) * 3] > 0)
        #expect(point.blurred(sigma: 0) == point)
    }
}
