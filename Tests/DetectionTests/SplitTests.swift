import Detection
import Testing

@Suite("Splitting a dataset")
struct SplitTests {
    /// 100 images; class 1 is in every tenth, class 0 in the others, every 20th is empty.
    private let dataset = LabelledDataset(
        categories: ["often", "seldom"],
        images: (0..<100).map { index in
            let box = BoundingBox(x: 0, y: 0, width: 5, height: 5)
            let objects = index % 20 == 3 ? [] : [LabelledObject(box: box, category: index % 10 == 0 ? 1 : 0)]
            return LabelledImage(fileName: "\(index).jpg", width: 10, height: 10, objects: objects)
        })

    @Test func `each class gives its share and nothing is lost`() {
        let (training, heldOut) = dataset.split(holdOut: 0.2, seed: 7)
        #expect(heldOut.images.count == 20)
        #expect(heldOut.images.count { $0.objects.first?.category == 1 } == 2)
        #expect(heldOut.images.count { $0.objects.isEmpty } == 1)
        #expect(Set((training.images + heldOut.images).map(\.fileName)).count == 100)
        #expect(training.categories == dataset.categories && heldOut.categories == dataset.categories)
    }

    @Test func `the same seed gives the same split whatever the order, another seed another`() {
        let names = { (part: LabelledDataset) in Set(part.images.map(\.fileName)) }
        let shuffled = LabelledDataset(categories: dataset.categories, images: dataset.images.reversed())
        #expect(names(dataset.split(holdOut: 0.3, seed: 1).heldOut) == names(shuffled.split(holdOut: 0.3, seed: 1).heldOut))
        #expect(names(dataset.split(holdOut: 0.3, seed: 1).heldOut) != names(dataset.split(holdOut: 0.3, seed: 2).heldOut))
    }

    @Test(arguments: [(-1.0, 0), (0, 0), (0.001, 1), (0.999, 1), (1, 2), (.nan, 0)])
    func `extreme shares leave no side empty unless all is asked`(share: Double, expected: Int) {
        let two = LabelledDataset(categories: dataset.categories, images: Array(dataset.images.prefix(2)))
        #expect(two.split(holdOut: share, seed: 0).heldOut.images.count == expected)
        #expect(LabelledDataset(categories: [], images: []).split(holdOut: share, seed: 0).heldOut.images.isEmpty)
    }

    @Test func `categories out of range do no harm`() {
        var broken = dataset
        broken.images[0].objects.append(LabelledObject(box: BoundingBox(x: 0, y: 0, width: 1, height: 1), category: -4))
        broken.images[1].objects.append(LabelledObject(box: BoundingBox(x: 0, y: 0, width: 1, height: 1), category: 99))
        #expect(broken.split(holdOut: 0.5, seed: 0).heldOut.images.count == 50)
    }
}
