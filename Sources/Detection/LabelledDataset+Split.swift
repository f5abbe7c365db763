extension LabelledDataset {
    /// Two datasets with the same categories: one to learn from, one held out to measure with.
    ///
    /// Depends on nothing but the file names, their labels and `seed`: images are grouped by the rarest class they show
    /// (images without objects are a group of their own), ordered by a stable hash inside their group, and each group
    /// gives its share of `fraction`. With two images or more and a fraction strictly between 0 and 1 neither side is empty. Images
    /// keep their order.
    package func split(holdOut fraction: Double, seed: UInt64) -> (training: LabelledDataset, heldOut: LabelledDataset) {
        let share = fraction.isFinite ? min(max(fraction, 0), 1) : 0
        var classSizes = [Int](repeating: 0, count: categories.count)
        for image in images {
            for object in image.objects where classSizes.indices.contains(object.category) { classSizes[object.category] += 1 }
        }
        let groups = Dictionary(grouping: images.indices) { index in
            images[index].objects.map(\.category).filter(classSizes.indices.contains)
                .min { (classSizes[$0], $0) < (classSizes[$1], $1) } ?? categories.count
        }

        var heldOut: Set<Int> = []
        var seen = 0
        for (_, members) in groups.sorted(by: { $0.key < $1.key }) {
            seen += members.count
            // Rounding the running total instead of each group keeps the whole share right when groups are small.
            let quota = Int((share * Double(seen)).rounded()) - heldOut.count
            let ordered = members.map { (hash: images[$0].fileName.stableHash(seed: seed), index: $0) }.sorted { $0 < $1 }
            heldOut.formUnion(ordered.prefix(max(0, quota)).map(\.index))
        }
        if images.count > 1, share > 0, share < 1 {
            let byHash = images.indices.map { (hash: images[$0].fileName.stableHash(seed: seed), index: $0) }.sorted { $0 < $1 }
            if heldOut.isEmpty { heldOut.insert(byHash[0].index) }
            if heldOut.count == images.count { heldOut.remove(byHash[0].index) }
        }
        return (
            LabelledDataset(categories: categories, images: images.indices.filter { !heldOut.contains($0) }.map { images[$0] }),
            LabelledDataset(categories: categories, images: images.indices.filter(heldOut.contains).map { images[$0] })
        )
    }
}

extension String {
    /// FNV-1a over the UTF-8 bytes, then the finalizer of splitmix64: the same on every machine and run, unlike `Hasher`.
    fileprivate func stableHash(seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ seed
        for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        return hash ^ (hash >> 31)
    }
}
