import Detection
import Testing

@Suite("Suppressing overlaps")
struct SuppressionTests {
    private func detection(_ x: Double, _ score: Double, category: Int = 0) -> DetectedObject {
        DetectedObject(box: BoundingBox(x: x, y: 0, width: 10, height: 10), category: category, score: score)
    }

    @Test func `the better of two that overlap stays, best first`() {
        let kept = [detection(0, 0.5), detection(1, 0.9), detection(50, 0.7)].suppressingOverlaps(above: 0.5)
        #expect(kept.map(\.score) == [0.9, 0.7])
    }

    @Test func `an overlap equal to the threshold stays`() {
        // Boxes 10 wide, shifted by 5: 50 of 150 square pixels.
        let pair = [detection(0, 0.9), detection(5, 0.8)]
        #expect(pair.suppressingOverlaps(above: 50.0 / 150).count == 2)
        #expect(pair.suppressingOverlaps(above: 0.33).count == 1)
    }

    @Test func `classes do not suppress each other unless asked`() {
        let pair = [detection(0, 0.9), detection(0, 0.8, category: 1)]
        #expect(pair.suppressingOverlaps(above: 0.5).count == 2)
        #expect(pair.suppressingOverlaps(above: 0.5, acrossClasses: true).count == 1)
    }

    @Test func `equal scores keep their order and the limit holds`() {
        let many = (0..<50).map { detection(Double($0) * 20, 0.5) }
        #expect(many.suppressingOverlaps(above: 0.5) == many)
        #expect(many.suppressingOverlaps(above: 0.5, limit: 3) == Array(many.prefix(3)))
        #expect(many.suppressingOverlaps(above: 0.5, limit: 0).isEmpty)
    }

    @Test func `numbers that are not finite are dropped, and a suppressed box suppresses nobody`() {
        let odd = [detection(.nan, 0.9), detection(0, .nan), detection(.infinity, 1), detection(3, 0.2)]
        #expect(odd.suppressingOverlaps(above: 0.5) == [detection(3, 0.2)])
        let chain = [detection(0, 0.9), detection(3, 0.8), detection(6, 0.7)]
        #expect(chain.suppressingOverlaps(above: 0.5).map(\.score) == [0.9, 0.7])
    }
}
