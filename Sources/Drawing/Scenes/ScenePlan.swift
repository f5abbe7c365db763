/// What stands where. Decided before anything is drawn, so that the same seed gives the same things in every style.
struct ScenePlan {
    struct Place {
        let grocery: any Grocery
        /// Index into `AllGroceries.labelled`; nil for clutter.
        let category: Int?
        /// Index into the fridge's shelves.
        let shelf: Int
        let x: Double
        let z: Double
        let lean: Double
    }

    /// In the order of painting: lower shelf first, on each shelf from back to front.
    let places: [Place]

    init(random: inout SceneRandom) {
        var places: [Place] = []
        for shelf in 0..<2 {
            let crowd = random.number(0.35, 0.95)
            places += Self.row(shelf: shelf, z: 19...27, crowd: crowd * random.number(0.5, 1), random: &random)
            places += Self.row(shelf: shelf, z: 5...12, crowd: crowd, random: &random)
        }
        self.places = places
    }

    /// One row from left to right, in small groups of the same kind with gaps between them.
    private static func row(shelf: Int, z: ClosedRange<Double>, crowd: Double, random: inout SceneRandom) -> [Place] {
        var row: [Place] = []
        let end = FridgeInterior.halfWidth - 1.2
        var x = -end + random.number(0, 7)
        while x < end {
            let category = random.chance(0.13) ? nil : random.index(AllGroceries.labelled.count)
            let kind = category.map { AllGroceries.labelled[$0] } ?? AllGroceries.clutter[random.index(AllGroceries.clutter.count)]
            // A group shares one variant most of the time: the same juice twice, apples of one tree.
            var shared = random.split()
            let alike = random.chance(0.7)
            for _ in 0...random.index(kind.company) {
                var own = random.split()
                var source = shared
                let grocery = alike ? kind.init(random: &source) : kind.init(random: &own)
                if !alike { shared = own }
                guard x + grocery.width < end else { return row }
                let place = Place(
                    grocery: grocery, category: category, shelf: shelf, x: x + grocery.width / 2,
                    z: random.number(z.lowerBound, z.upperBound), lean: random.number(-grocery.leaning, grocery.leaning))
                row.append(place)
                x += grocery.width + random.number(0.1, 0.9)
            }
            if !random.chance(crowd) { x += random.number(4, 15) }
        }
        return row.sorted { $0.z > $1.z }
    }
}
