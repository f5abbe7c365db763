import Foundation
import Imaging
import Testing

@Suite struct `Image facts` {
    static let pictures: [PixelImage] = [
        PixelImage(width: 1, height: 1), PixelImage(width: 1, height: 900, red: 255, green: 255, blue: 255),
        PixelImage(width: 300, height: 2, red: 255), gradient(width: 500, height: 400), checkerboard(size: 64),
    ]

    static func checkerboard(size: Int) -> PixelImage {
        var image = PixelImage(width: size, height: size)
        for pixel in 0..<(size * size) where (pixel / size + pixel % size) % 2 == 0 {
            for channel in 0..<3 { image.pixels[pixel * 3 + channel] = 255 }
        }
        return image
    }

    @Test func `names are unique and every fact has a range and words`() {
        #expect(Set(AllFacts.list.map { $0.name }).count == AllFacts.list.count)
        #expect(AllFacts.list.allSatisfy { !$0.summary.isEmpty && $0.range.lowerBound <= $0.range.upperBound })
    }

    @Test(arguments: pictures)
    func `every fact lies in its range and is the same each time`(picture: PixelImage) throws {
        let facts = ImageFacts(of: picture)
        #expect(facts == ImageFacts(of: picture))
        for fact in AllFacts.list {
            let value = try #require(facts[fact])
            #expect(value.isFinite && fact.range.contains(value), "\(fact.name) is \(value)")
        }
    }

    @Test func `known pictures have known facts`() throws {
        let white = ImageFacts(of: PixelImage(width: 20, height: 10, red: 255, green: 255, blue: 255))
        #expect(abs(try #require(white[Brightness.self]) - 1) < 1e-6)
        #expect(white[Contrast.self] == 0 && white[Saturation.self] == 0 && white[Sharpness.self] == 0 && white[Entropy.self] == 0)
        #expect(white[AspectRatio.self] == 2 && white[Megapixels.self] == 0.0002)
        let red = ImageFacts(of: PixelImage(width: 8, height: 8, red: 255))
        #expect(red[Saturation.self] == 1)
        // rg = 255, yb = 127.5: no spread, strength 0.3 * |(255, 127.5)|.
        #expect(abs(try #require(red[Colourfulness.self]) - 0.3 * hypot(255, 127.5)) < 1e-3)
        let checks = ImageFacts(of: Self.checkerboard(size: 32))
        #expect(abs(try #require(checks[Contrast.self]) - 0.5) < 1e-6)
        #expect(abs(try #require(checks[Entropy.self]) - 1) < 1e-9)
        // Each inner pixel differs from all four neighbours by 255: the Laplacian is ±1020.
        #expect(abs(try #require(checks[Sharpness.self]) - 1_040_400) < 1)
    }

    @Test func `a darkened picture is darker and a blurred one less sharp`() throws {
        let picture = gradient(width: 200, height: 150)
        let facts = ImageFacts(of: picture)
        let dark = ImageFacts(of: picture.adjusted(brightness: 0.35))
        #expect(try #require(dark[Brightness.self]) < 0.4 * (try #require(facts[Brightness.self])))
        let soft = ImageFacts(of: picture.blurred(sigma: 2))
        #expect(try #require(soft[Sharpness.self]) < 0.5 * (try #require(facts[Sharpness.self])))
    }

    @Test func `a photo with more pixels has the same facts`() throws {
        let small = ImageFacts(of: gradient(width: 320, height: 240).blurred(sigma: 2))
        let large = ImageFacts(of: gradient(width: 320, height: 240).blurred(sigma: 2).resized(width: 1_280, height: 960))
        for fact in [Brightness.self, Contrast.self, Saturation.self, Colourfulness.self] as [any ImageFact.Type] {
            let (one, other) = (try #require(small[fact]), try #require(large[fact]))
            #expect(abs(one - other) < 0.03 * max(one, other), "\(fact.name): \(one), \(other)")
        }
    }

    @Test func `JSON is one flat object`() throws {
        let facts = ImageFacts(of: gradient(width: 10, height: 10))
        let data = try JSONEncoder().encode(facts)
        #expect(try JSONDecoder().decode([String: Double].self, from: data) == facts.values)
        #expect(try JSONDecoder().decode(ImageFacts.self, from: data) == facts)
    }
}
