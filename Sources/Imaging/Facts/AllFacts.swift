/// Every fact that is measured, in the order of reports.
package enum AllFacts {
    package static let list: [any ImageFact.Type] = [
        Brightness.self,
        Contrast.self,
        Saturation.self,
        Sharpness.self,
        Colourfulness.self,
        Entropy.self,
        AspectRatio.self,
        Megapixels.self,
    ]
}
