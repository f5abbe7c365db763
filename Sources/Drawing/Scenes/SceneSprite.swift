import Detection
import Foundation

/// One thing, drawn alone on a transparent canvas that is just large enough, and where that canvas lies in the picture.
struct SceneSprite {
    /// Pixels less opaque than this belong to what is behind: soft edges and glints.
    static let opaque: UInt32 = 56

    let canvas: Canvas
    let place: ScenePlan.Place
    /// Top left corner of the canvas in the picture.
    let left: Int
    let top: Int
    /// Where it touches the shelf, and its width there; pixels of the picture.
    let base: (x: Double, y: Double)
    let baseWidth: Double
    /// Long things lie along the shelf and are no deeper than a bottle.
    let baseDepth: Double

    init(_ place: ScenePlan.Place, shelfHeight: Double, camera: SceneCamera) {
        self.place = place
        let scale = camera.scale(place.z)
        base = camera.place(place.x, shelfHeight, place.z)
        let grocery = place.grocery
        baseWidth = grocery.width * scale
        baseDepth = min(grocery.width, 9) * scale
        let view = camera.view(y: shelfHeight, z: place.z)
        // Room for leaning, the bulge of the base, and leaves and lids that stick out.
        let reach = hypot(grocery.width / 2, grocery.height) + 3
        let half = Int((min(reach, grocery.width / 2 + grocery.height * abs(sin(place.lean)) + 3) * scale).rounded(.up))
        let above = Int((reach * scale).rounded(.up))
        let below = Int(((grocery.width * 0.35 + 2) * scale).rounded(.up))
        left = Int(base.x) - half
        top = Int(base.y) - above
        canvas = Canvas(width: half * 2, height: above + below)
        canvas.saved { [canvas, base, left, top] in
            canvas.translate(base.x - Double(left), base.y - Double(top))
            canvas.rotate(camera.roll)
            canvas.scale(scale, scale)
            if grocery.leaning > 0.2 {
                // Round things roll about their middle, tall ones lean on their base.
                canvas.translate(0, -grocery.height / 2)
                canvas.rotate(place.lean)
                canvas.translate(0, grocery.height / 2)
            } else {
                canvas.rotate(place.lean)
            }
            grocery.draw(on: canvas, view: view)
        }
        shade(camera: camera)
    }

    /// Less light at the back and at the foot.
    private func shade(camera: SceneCamera) {
        let depth = place.z / FridgeInterior.depth
        canvas.paintAtop(
            .linear(
                0, 0, 0, Double(canvas.height),
                [
                    InkStop(0, Ink.black.faded(0.08 * depth)), InkStop(1, Ink.black.faded(0.10 + 0.20 * depth)),
                ]))
    }

    /// Calls `body` with the picture's column and row of every opaque pixel, also outside the picture.
    func eachPixel(_ body: (Int, Int) -> Void) {
        canvas.withPixels { pixels, stride in
            for y in 0..<canvas.height {
                let row = pixels + y * stride
                for x in 0..<canvas.width where row[x] >> 24 >= Self.opaque { body(left + x, top + y) }
            }
        }
    }

    /// The thing on its shelf: contact shadow, reflection in the glass, then itself.
    func draw(on target: Canvas, surface: (Canvas) -> Void) {
        target.clipped(to: surface) {
            target.saved {
                target.translate(base.x + baseWidth * 0.04, base.y + baseDepth * 0.06)
                target.scale(baseWidth * 0.62, baseDepth * 0.26)
                let stops = [InkStop(0, Ink.black.faded(0.55)), InkStop(0.6, Ink.black.faded(0.32)), InkStop(1, Ink.black.faded(0))]
                target.fill(.radial(x: 0, y: 0, radius: 1, stops)) { $0.circle(0, 0, 1) }
            }
            target.saved {
                target.translate(Double(left), base.y * 2 - Double(top) + baseDepth * 0.12)
                target.scale(1, -1)
                target.draw(canvas, opacity: 0.16)
            }
        }
        target.draw(canvas, x: Double(left), y: Double(top))
    }
}
