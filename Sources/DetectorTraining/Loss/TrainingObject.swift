/// One labelled object of a training picture: class and box in pixels of that picture.
package struct TrainingObject: Sendable, Hashable {
    package var category: Int
    package var box: CornerBox

    package init(category: Int, box: CornerBox) {
        self.category = category
        self.box = box
    }
}
