import DatasetQuality
import Foundation
import Imaging
import Testing

@Suite("Copies")
struct DuplicateTests {
    @Test(arguments: [0, 3, 7, 11])
    func `the index finds the pairs that comparing each with each finds`(distance: Int) {
        var dice = Dice(state: 5)
        var hashes = (0..<400).map { _ in dice.next() }
        // Neighbours at every distance up to 14 bits.
        for index in 0..<200 {
            var hash = hashes[index]
            for _ in 0..<index % 15 { hash ^= 1 << (dice.next() % 64) }
            hashes.append(hash)
        }
        hashes = Array(Set(hashes)).sorted()
        var expected: Set<[Int]> = [], found: [[Int]] = []
        for a in hashes.indices { for b in a + 1..<hashes.count where (hashes[a] ^ hashes[b]).nonzeroBitCount <= distance { expected.insert([a, b]) } }
        HashIndex(hashes).forEachPair(within: distance) { found.append([$0, $1]) }
        #expect(found.count == expected.count && Set(found) == expected)
        #expect(distance == 0 || !expected.isEmpty)
    }

    @Test func `twenty thousand hashes take a moment`() {
        var dice = Dice(state: 1)
        let hashes = (0..<20_000).map { index -> UInt64 in
            let hash = dice.next()
            return index % 10 == 0 ? hash & 0xFFFF : hash
        }
        let start = ContinuousClock.now
        var pairs = 0
        HashIndex(hashes).forEachPair(within: 7) { _, _ in pairs += 1 }
        #expect(pairs > 1_000)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test func `a thousand pictures of nothing do not take forever`() {
        let look = ImageLook(PixelImage(width: 30, height: 20))
        let contents = (0..<1_000).map { Optional(ContentHash("\($0)")) }
        let groups = DuplicateGroups(contents: contents, looks: [ImageLook?](repeating: look, count: 1_000))
        #expect(groups.near.map(\.count) == [1_000] && groups.exact.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func `another size, quality or exposure is the same picture, another picture is not`(number: Int) throws {
        let picture = Photo.picture(number, width: 240, height: 180)
        func group(_ other: PixelImage) -> Int {
            DuplicateGroups(contents: [ContentHash("a"), ContentHash("b")], looks: [ImageLook(picture), ImageLook(other)]).near.count
        }
        #expect(group(Photo.picture(number, width: 120, height: 90)) == 1)
        #expect(group(picture.reduced(toLongestSide: 100)) == 1)
        #expect(group(picture.adjusted(brightness: 1.08)) == 1)
        #expect(group(try ImageDecoder().decode(try ImageEncoder.jpeg(picture, quality: 40))) == 1)
        #expect(group(Photo.picture(number + 50, width: 240, height: 180)) == 0)
        #expect(group(picture.mirrored()) == 0)
    }

    @Test func `a content hash tells every byte and the length`() {
        let bytes = (0..<37).map { UInt8($0) }
        var hashes: Set<ContentHash> = [ContentHash(bytes)]
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            hashes.insert(ContentHash(other))
            hashes.insert(ContentHash(Array(bytes[..<index])))
        }
        #expect(hashes.count == 1 + 37 + 37 && hashes.allSatisfy { $0.description.count == 32 })
        #expect(ContentHash([UInt8](repeating: 0, count: 8)) != ContentHash([UInt8](repeating: 0, count: 16)))
        #expect(ContentHash(bytes).description == ContentHash(bytes).description)
    }
}
