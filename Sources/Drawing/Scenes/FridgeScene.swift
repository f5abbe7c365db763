package import Detection
package import Imaging

/// Photos of a fridge that never was: rendered from a seed, with exact labels. The same seed, size and style give the same
/// picture.
package enum FridgeScene {
    /// The class names, in the order of the labels' category indices.
    package static let categories: [String] = AllGroceries.labelled.map { $0.name }

    /// A thing is left out of the picture when less than this share of it can be seen.
    static let leastVisible = 0.35

    /// Renders one photo with its labels: each box is the tight extent of what can be seen of one thing. Sides are held
    /// between 64 and 4,096 pixels.
    package static func render(
        seed: UInt64, style: SceneStyle = .standard, width: Int = 480, height: Int = 360, fileName: String? = nil
    ) -> (PixelImage, LabelledImage) {
        let (width, height) = (min(max(width, 64), 4_096), min(max(height, 64), 4_096))
        var random = SceneRandom(seed: seed)
        let camera = SceneCamera(width: width, height: height, random: &random)
        let fridge = FridgeInterior(camera: camera, lampIsLit: style.lampIsLit, random: &random)
        let plan = ScenePlan(random: &random)
        let all = plan.places.map { SceneSprite($0, shelfHeight: fridge.shelves[$0.shelf], camera: camera) }
        let hidden = visibility(of: all, in: fridge, width: width, height: height)
        let sprites = zip(all, hidden).filter { $1.share >= leastVisible }.map(\.0)
        let seen = visibility(of: sprites, in: fridge, width: width, height: height)

        let canvas = Canvas(width: width, height: height)
        fridge.drawRoom(on: canvas)
        for (index, shelf) in fridge.shelves.enumerated() {
            fridge.drawSurface(of: shelf, on: canvas)
            for sprite in sprites where sprite.place.shelf == index { sprite.draw(on: canvas, surface: fridge.surface(of: shelf)) }
            fridge.drawTrim(of: shelf, on: canvas)
        }
        let exposure = SceneExposure(style: style, random: &random)
        let objects = zip(sprites, seen).compactMap { sprite, sight -> LabelledObject? in
            guard let category = sprite.place.category, let box = sight.box else { return nil }
            return LabelledObject(box: box, category: category, area: box.area)
        }
        let label = LabelledImage(fileName: fileName ?? "fridge-\(seed).jpg", width: width, height: height, objects: objects)
        return (exposure.photograph(canvas), label)
    }

    private static func visibility(
        of sprites: [SceneSprite], in fridge: FridgeInterior, width: Int, height: Int
    ) -> [(box: BoundingBox?, share: Double)] {
        var visibility = SceneVisibility(width: width, height: height)
        for (index, shelf) in fridge.shelves.enumerated() {
            for sprite in sprites where sprite.place.shelf == index { visibility.cover(with: sprite) }
            visibility.cover(with: fridge.trimShape(of: shelf))
        }
        return visibility.seen()
    }
}
