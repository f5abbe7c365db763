/// One kind of thing in the fridge. It is drawn in centimetres, standing on (0, 0), upwards being negative y.
///
/// To add one: a file here, and a line in `AllGroceries.swift`.
protocol Grocery: Sendable {
    /// The class name in labels.
    static var name: String { get }
    /// Draws its own variant: colours, proportions, print.
    init(random: inout SceneRandom)
    /// The space it needs on the shelf; nothing is drawn outside `width` × `height` but the bulge of its base.
    var width: Double { get }
    var height: Double { get }
    /// How much it may lean or roll, in radians.
    var leaning: Double { get }
    /// How many of it tend to stand together.
    static var company: Int { get }

    func draw(on canvas: Canvas, view: SceneView)
}

extension Grocery {
    var leaning: Double { 0.02 }
    static var company: Int { 2 }
}
