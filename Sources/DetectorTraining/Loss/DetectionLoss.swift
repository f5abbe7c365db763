package import Inference
package import TensorEngine

/// The loss of a batch: complete IoU for the boxes (Zheng et al. 2020), distribution focal loss for their sides (Li et al.
/// 2020), binary cross entropy for the classes, the positives chosen by task alignment (Feng et al. 2021).
package struct DetectionLoss {
    package var assigner = TaskAlignedAssigner()
    private let settings: TrainingSettings
    private let network: DetectorNetwork
    private let grid: AnchorGrid
    private let pixelCentres: [Float]

    /// The parts of the loss, each with its weight applied, averaged over the batch.
    package struct Parts: Sendable, Equatable {
        package var box: Float = 0
        package var classes: Float = 0
        package var distribution: Float = 0

        package var total: Float { box + classes + distribution }
    }

    package init(network: DetectorNetwork, settings: TrainingSettings) {
        self.network = network
        self.settings = settings
        grid = AnchorGrid(size: settings.imgsz)
        pixelCentres = grid.centres.indices.map { [grid] in grid.centres[$0] * grid.strides[$0 / 2] }
    }

    /// The sum to differentiate (the mean loss times the batch size, as gradients of larger batches shall weigh more),
    /// and its parts.
    ///
    /// - Parameters:
    ///   - raw: the network's output N, cells, 64 + classes.
    ///   - objects: per picture, in pixels of the input.
    package func callAsFunction(raw: Tensor, objects: [[TrainingObject]]) throws -> (total: Tensor, parts: Parts) {
        let engine = network.engine
        let (batch, cells, classCount) = (objects.count, grid.count, network.architecture.classCount)
        let bins = DetectorArchitecture.bins
        let logits = try raw.narrowed(2, from: 4 * bins, count: classCount)
        let positives = try engine.withoutGradients { try assign(raw: raw, logits: logits, objects: objects) }

        var targets = [Float](repeating: 0, count: batch * cells * classCount)
        for positive in positives { targets[positive.row * classCount + positive.category] = positive.weight }
        let weightSum = Double(max(1, positives.reduce(0) { $0 + $1.weight }))
        let target = try tensor(targets, [batch, cells, classCount])
        let classLoss = try logits.binaryCrossEntropy(target).sum() * (settings.cls / weightSum)
        var parts = Parts(classes: try classLoss.item())
        guard !positives.isEmpty else { return (try classLoss * Double(batch), parts) }

        let rows = try Tensor(positives.map { Int64($0.row) }, shape: [positives.count], engine: engine).moved(to: network.device)
        let sides = try raw.reshaped([batch * cells, -1]).selected(0, at: rows).narrowed(1, from: 0, count: 4 * bins)
            .reshaped([positives.count, 4, bins])
        let weights = try tensor(positives.map(\.weight), [positives.count])
        let boxLoss = try (boxLosses(sides, positives) * weights).sum() * (settings.box / weightSum)
        let distributionLoss = try (distributionLosses(sides, positives) * weights).sum() * (settings.dfl / weightSum)
        parts.box = try boxLoss.item()
        parts.distribution = try distributionLoss.item()
        return (try (boxLoss + classLoss + distributionLoss) * Double(batch), parts)
    }

    /// One cell that learns one object; lengths in cells of its level.
    struct Positive {
        /// Picture and cell as one number.
        var row: Int
        var category: Int
        var weight: Float
        var centre: (x: Float, y: Float)
        var box: CornerBox
    }

    /// Chooses the positives of the batch from what the network predicts now.
    func assign(raw: Tensor, logits: Tensor, objects: [[TrainingObject]]) throws -> [Positive] {
        let cells = grid.count
        let scores = try logits.array(of: Float.self)
        var boxes = try network.distances(raw: raw).array(of: Float.self)
        for row in 0..<(boxes.count / 4) {
            let cell = row % cells
            let (x, y, stride) = (pixelCentres[cell * 2], pixelCentres[cell * 2 + 1], grid.strides[cell])
            boxes[row * 4] = x - boxes[row * 4] * stride
            boxes[row * 4 + 1] = y - boxes[row * 4 + 1] * stride
            boxes[row * 4 + 2] = x + boxes[row * 4 + 2] * stride
            boxes[row * 4 + 3] = y + boxes[row * 4 + 3] * stride
        }
        var positives: [Positive] = []
        let classCount = network.architecture.classCount
        for (picture, own) in objects.enumerated() where !own.isEmpty {
            let rows = (picture * cells)..<((picture + 1) * cells)
            let assignments = assigner.assign(
                logits: scores.span.extracting((rows.lowerBound * classCount)..<(rows.upperBound * classCount)),
                boxes: boxes.span.extracting((rows.lowerBound * 4)..<(rows.upperBound * 4)),
                centres: pixelCentres.span, objects: own)
            for assignment in assignments {
                let (object, stride) = (own[assignment.object], grid.strides[assignment.cell])
                let box = object.box
                positives.append(
                    Positive(
                        row: rows.lowerBound + assignment.cell, category: object.category, weight: assignment.target,
                        centre: (grid.centres[assignment.cell * 2], grid.centres[assignment.cell * 2 + 1]),
                        box: CornerBox(box.x1 / stride, box.y1 / stride, box.x2 / stride, box.y2 / stride)))
            }
        }
        return positives
    }

    /// 1 − complete IoU of each positive.
    private func boxLosses(_ sides: Tensor, _ positives: [Positive]) throws -> Tensor {
        let bins = DetectorArchitecture.bins
        let count = positives.count
        let distances = try sides.softmax(over: 2).matmul(tensor((0..<bins).map(Float.init), [bins]))
        let centres = try tensor(positives.flatMap { [$0.centre.x, $0.centre.y] }, [count, 2])
        let truthNear = try tensor(positives.flatMap { [$0.box.x1, $0.box.y1] }, [count, 2])
        let truthFar = try tensor(positives.flatMap { [$0.box.x2, $0.box.y2] }, [count, 2])
        let near = try centres - distances.narrowed(1, from: 0, count: 2)
        let far = try centres + distances.narrowed(1, from: 2, count: 2)
        return try -Self.completeIoU(near, far, truthNear, truthFar, engine: network.engine) + 1
    }

    /// The same formula as `CornerBox.completeIoU`, with gradients; corners are N × 2.
    static func completeIoU(_ near: Tensor, _ far: Tensor, _ truthNear: Tensor, _ truthFar: Tensor, engine: TensorEngine) throws -> Tensor {
        let epsilon = 1e-7
        func column(_ tensor: Tensor, _ index: Int) throws -> Tensor { try tensor.narrowed(1, from: index, count: 1).reshaped([-1]) }
        func area(_ sides: Tensor) throws -> Tensor { try column(sides, 0) * column(sides, 1) }
        let size = try far - near
        let truthSize = try truthFar - truthNear
        let overlap = try area((far.minimum(truthFar) - near.maximum(truthNear)).clamped(minimum: 0))
        let iou = try overlap / (area(size) + area(truthSize) - overlap + epsilon)
        let diagonal = try (far.maximum(truthFar) - near.minimum(truthNear)).squared().sum(over: [1]) + epsilon
        let distance = try (truthNear + truthFar - near - far).squared().sum(over: [1]) * 0.25
        let ratio = try column(size, 0) / (column(size, 1) + epsilon)
        let truthRatio = try column(truthSize, 0) / (column(truthSize, 1) + epsilon)
        let aspect = try (truthRatio.arctangent() - ratio.arctangent()).squared() * (4 / (Double.pi * Double.pi))
        // The weight of the aspect penalty is held constant, as the paper does.
        let weight = try engine.withoutGradients { try aspect / (aspect - iou + (1 + epsilon)) }
        return try iou - (distance / diagonal + aspect * weight)
    }

    /// Cross entropy of each side's distribution against the two bins around the true distance, averaged over the sides.
    private func distributionLosses(_ sides: Tensor, _ positives: [Positive]) throws -> Tensor {
        let last = Float(DetectorArchitecture.bins - 1)
        var lower: [Int64] = []
        var lowerWeight: [Float] = []
        for positive in positives {
            let (box, centre) = (positive.box, positive.centre)
            for distance in [centre.x - box.x1, centre.y - box.y1, box.x2 - centre.x, box.y2 - centre.y] {
                let held = min(max(distance, 0), last - 0.01)
                lower.append(Int64(held))
                lowerWeight.append(1 - (held - held.rounded(.down)))
            }
        }
        let count = positives.count
        let logs = try sides.logSoftmax(over: 2)
        let lowerIndex = try Tensor(lower, shape: [count, 4, 1], engine: network.engine).moved(to: network.device)
        let upperIndex = try Tensor(lower.map { $0 + 1 }, shape: [count, 4, 1], engine: network.engine).moved(to: network.device)
        let lowerPart = try logs.gathered(2, at: lowerIndex) * tensor(lowerWeight, [count, 4, 1])
        let upperPart = try logs.gathered(2, at: upperIndex) * tensor(lowerWeight.map { 1 - $0 }, [count, 4, 1])
        return try -(lowerPart + upperPart).mean(over: [1, 2])
    }

    private func tensor(_ values: [Float], _ shape: [Int]) throws -> Tensor {
        try Tensor(values, shape: shape, engine: network.engine).moved(to: network.device)
    }
}
