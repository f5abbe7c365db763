import Drawing
import Imaging
import Testing

@Suite("Counts as pictures")
struct BarChartTests {
    /// Pixels of a row in which blue outweighs red clearly.
    private func blue(_ image: PixelImage, row: Int) -> Int {
        (0..<image.width).count { column in
            let at = (row * image.width + column) * 3
            return Int(image.pixels[at + 2]) > Int(image.pixels[at]) + 60
        }
    }

    @Test func `bars are as long as their values`() {
        let image = BarChart(title: "Objects", bars: [("cup", 40), ("jug", 20), ("mug", 0)]).drawn(width: 600)
        let lengths = [0, 1, 2].map { blue(image, row: 52 + 24 * $0 + 11) }
        #expect(lengths[2] == 0 && lengths[0] > 300)
        #expect(abs(Double(lengths[0]) / Double(lengths[1]) - 2) < 0.05)
    }

    @Test func `nothing, nonsense and too much are drawn all the same`() {
        #expect(BarChart(title: "", bars: []).drawn().height < 100)
        let odd = BarChart(title: "x", bars: [("nan", .nan), ("infinite", .infinity), ("below", -3), ("one", 1)]).drawn()
        #expect(blue(odd, row: 52 + 24 * 3 + 11) > 200 && blue(odd, row: 52 + 11) == 0)
        let many = BarChart(title: "x", bars: (0..<5_000).map { ("\($0)", Double($0)) }).drawn()
        #expect(many.height < 3_000)
    }

    @Test func `a heat map is darkest where the most is`() {
        let image = HeatMap(title: "Centres", columns: 2, counts: [0, 1, 5, 10]).drawn(width: 240)
        func brightness(_ x: Int, _ y: Int) -> Int { (0..<3).reduce(0) { $0 + Int(image.pixels[(y * image.width + x) * 3 + $1]) } }
        let cells = [(70, 98), (170, 98), (70, 198), (170, 198)].map { brightness($0.0, $0.1) }
        #expect(cells[0] > cells[1] && cells[1] > cells[2] && cells[2] > cells[3])
        #expect(HeatMap(title: "", columns: 0, counts: []).drawn().width == 480)
    }
}
