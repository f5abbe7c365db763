import Foundation

/// A pinhole camera before the open fridge. The room is measured in centimetres: x to the right of the middle, y up from
/// the lowest shelf, z into the fridge from its front edge.
struct SceneCamera {
    /// Pixels of the picture.
    let width: Double
    let height: Double
    /// The eye, `distance` before the front edge.
    let eyeX: Double
    let eyeY: Double
    let distance: Double
    /// Pixels per centimetre at the front edge.
    let unit: Double
    /// The height that lies in the middle of the picture at the front edge.
    let middleY: Double
    /// The camera's slant, clockwise in radians.
    let roll: Double

    init(width: Int, height: Int, random: inout SceneRandom) {
        self.width = Double(width)
        self.height = Double(height)
        eyeX = random.number(-7, 7)
        eyeY = random.number(27, 37)
        distance = random.number(62, 84)
        unit = self.height / 54 * random.number(1.0, 1.22)
        middleY = random.number(18.5, 22.5)
        roll = random.number(-0.022, 0.022)
    }

    /// Pixels per centimetre at depth z.
    func scale(_ z: Double) -> Double { unit * distance / (distance + z) }

    func place(_ x: Double, _ y: Double, _ z: Double) -> (Double, Double) {
        let scale = scale(z)
        let right = (x - eyeX) * scale + eyeX * unit * 0.6
        let down = (eyeY - y) * scale - (eyeY - middleY) * unit
        return (width / 2 + right * cos(roll) - down * sin(roll), height / 2 + right * sin(roll) + down * cos(roll))
    }

    /// How a thing that stands at height `y` and depth `z` is seen.
    func view(y: Double, z: Double) -> SceneView { SceneView(eye: eyeY - y, distance: distance + z) }
}

/// The direction from which a single thing is looked at.
struct SceneView {
    /// Centimetres from the base of the thing up to the height of the eye.
    let eye: Double
    let distance: Double

    /// Height over width of a horizontal circle, seen at `height` above the base: positive from above, negative from below.
    func tilt(_ height: Double) -> Double { (eye - height) / distance }
}
