import Detection
import Drawing
import EvaluationReporting
import Foundation
import Imaging
import Testing

@Suite("The page of an evaluation")
struct EvaluationDocumentTests {
    private static let name = "<b>\"a\" & 'b'</b>.jpg"

    private func document(classes: [String] = ["cup", "<script>"]) -> EvaluationDocument {
        func box(_ x: Double) -> BoundingBox { BoundingBox(x: x, y: 5, width: 20, height: 20) }
        let truth = LabelledDataset(
            categories: classes,
            images: [
                LabelledImage(
                    fileName: Self.name, width: 100, height: 60,
                    objects: [LabelledObject(box: box(0), category: 0), LabelledObject(box: box(40), category: 1)])
            ])
        let found = [[DetectedObject(box: box(0), category: 0, score: 0.9), DetectedObject(box: box(40), category: 0, score: 0.8)]]
        let set = EvaluationSet(truth: truth, detections: found)
        let (coco, voc) = (COCOEvaluator(), VOCEvaluator())
        return EvaluationDocument(
            report: coco.evaluate(set), other: voc.evaluate(set), comparison: ProtocolComparison(from: coco, to: voc, on: set),
            analysis: DetectionAnalysis(set, precision: 0), notes: ["1 < 2"])
    }

    @Test func `it holds every part, names the protocol, and lets no name become markup`() {
        let page = document().html(title: "T & T")
        for part in ["coco", "From coco to voc-allpoint", "AP50", "Best F1", "Mistakes", "taken for what", "The worst of 1", "Notes", "AR_100"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.contains("&lt;script&gt;") && !page.contains("<script") && !page.contains(Self.name) && page.contains("1 &lt; 2"))
        #expect(page.contains("T &amp; T") && !page.contains("http"))
        for tag in ["table", "figure", "ul"] {
            #expect(page.components(separatedBy: "<\(tag)").count == page.components(separatedBy: "</\(tag)>").count)
        }
    }

    @Test func `mistakes are drawn into the photo, which is made small`() throws {
        let document = document()
        let errors = try #require(document.analysis?.worstImages.first)
        let plain = PixelImage(width: 1000, height: 600, red: 200, green: 200, blue: 200)
        let jpeg = try ErrorPicture.jpeg(plain, errors: errors.errors)
        let drawn = try ImageDecoder().decode(jpeg)
        #expect(drawn.width == 520 && drawn.height == 312)
        #expect(jpeg != (try ErrorPicture.jpeg(plain, errors: [])))
        let page = document.html(title: "T") { _ in jpeg }
        #expect(page.contains("data:image/jpeg;base64,\(Data(jpeg).base64EncodedString())"))
    }

    @Test func `of many classes the largest confusions are listed`() {
        let many = document(classes: (0..<40).map { "class \($0)" })
        let page = many.html(title: "T")
        #expect(page.contains("most often") && page.contains("class 39"))
    }

    @Test func `an evaluation of nothing is a page too`() {
        let empty = COCOEvaluator().evaluate(truth: LabelledDataset(categories: [], images: []), detections: [])
        #expect(EvaluationDocument(report: empty).html(title: "T").contains("0 images"))
    }

    @Test func `numbers have four decimals and nothing to measure is a dash`() {
        #expect(EvaluationDocument.number(0.25) == "0.2500" && EvaluationDocument.number(0.99996) == "1.0000")
        #expect(EvaluationDocument.number(-1) == "–" && EvaluationDocument.number(nil) == "–" && EvaluationDocument.number(.nan) == "–")
        #expect(EvaluationDocument.change(-0.01234) == "−0.0123")
    }
}
