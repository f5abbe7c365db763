/// What can lie in the fridge.
enum AllGroceries {
    /// The classes of the labels, in the order of their indices.
    static let labelled: [any Grocery.Type] = [
        WaterBottle.self, ColaCan.self, MilkCarton.self, JuiceBottle.self, Apple.self, Banana.self, Orange.self,
    ]

    /// Things that no label names: a detector has to leave them alone.
    static let clutter: [any Grocery.Type] = [FoodBox.self, JamJar.self, Bowl.self]
}
