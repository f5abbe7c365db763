import Detection
import Foundation
import Inference
import TensorEngine

/// The state of one running training.
struct TrainingSession {
    private let settings: TrainingSettings
    private let store: PictureStore
    private let evaluation: DetectorEvaluation?
    private let output: URL
    private let files: ModelFiles
    private let network: DetectorNetwork
    private let average: AveragedWeights
    private let optimizer: WeightOptimizer
    private let loss: DetectionLoss
    private let schedule: LearningSchedule
    private var state: TrainingCheckpoint
    private var bestReport: DetectionReport?
    private var clock = ContinuousClock.now
    private var log: ResultsLog
    /// The pictures of the epoch to come, made while this one is measured.
    private var upcoming: (epoch: Int, withMosaic: Bool, loader: BatchLoader)?

    init(
        settings: TrainingSettings, training: LabelledFolder, validation: LabelledFolder?, output: URL, engine: TensorEngine,
        onEvent: (TrainingEvent) throws -> Void
    ) throws {
        self.output = output
        let categories = training.dataset.categories
        let steps = BatchLoader.batchCount(images: training.dataset.images.count, batch: settings.batch)
        let device = try TrainingDevice(settings, engine: engine)
        let found = settings.resume ? try TrainingCheckpoint.read(folder: output) : nil
        let pretrained = found == nil ? try settings.pretrained.map { try PretrainedWeights(path: $0) } : nil

        var settings = settings.withChosenOptimizer(steps: steps * settings.epochs, classCount: categories.count)
        let scale = try settings.modelScale(pretrained: found?.state.settings.model.flatMap(DetectorScale.init(modelName:)) ?? pretrained?.scale)
        settings.model = scale.modelName
        self.settings = settings
        store = PictureStore(training, side: settings.imgsz)
        evaluation = validation.map { DetectorEvaluation(data: $0, size: settings.imgsz, batch: settings.batch) }
        files = ModelFiles(folder: output, card: ModelCard(architecture: scale.modelName, names: categories, imgsz: settings.imgsz))
        network = try DetectorNetwork(
            random: DetectorArchitecture(scale: scale, classCount: categories.count), imageSize: settings.imgsz, seed: settings.seed,
            engine: engine, device: device.name)
        network.usesBFloat16 = device.isMixed
        try onEvent(
            .note(
                "training \(scale.modelName) on \(training.dataset.images.count) images (\(training.dataset.objectCount) objects, "
                    + "\(categories.count) classes) at \(settings.imgsz) px, \(steps) steps per epoch, \(settings.optimizer.rawValue) at "
                    + "\(settings.lr0), on \(device.name)\(device.isMixed ? " in bfloat16" : "") with \(engine.threadCount) threads, "
                    + "libtorch \(engine.version)"))
        if let note = device.note { try onEvent(.note(note)) }
        if let pretrained { try onEvent(.note(pretrained.start(network))) }

        average = try AveragedWeights(of: network, settings: settings)
        for named in network.tensors where named.parameter.role.isTrained { try named.tensor.requireGradient() }
        optimizer = try WeightOptimizer(network: network, settings: settings)
        loss = DetectionLoss(network: network, settings: settings)
        schedule = LearningSchedule(settings: settings, stepsPerEpoch: steps)
        state = TrainingCheckpoint(settings: settings, categories: categories, epoch: 0, steps: 0, seconds: 0)
        log = ResultsLog(url: output.appendingPathComponent("results.csv"))
        guard let found else {
            log.start()
            return
        }
        guard found.state.categories == categories, found.state.settings.model == settings.model,
            found.state.settings.optimizer == settings.optimizer
        else {
            throw TrainingError("the checkpoint in \(output.path) is of another training (model, optimizer or classes differ)")
        }
        state = found.state
        state.settings = settings
        try found.state.restore(found.file, network: network, average: average, optimizer: optimizer)
        log.resume(after: state.epoch)
        try onEvent(.note("going on after epoch \(state.epoch) of the checkpoint"))
    }

    mutating func run(shouldStop: () -> Bool, onEvent: (TrainingEvent) throws -> Void) throws -> TrainingSummary {
        clock = ContinuousClock.now
        var ending = TrainingSummary.Ending.finished
        let before = state.seconds
        var (problemCount, unmeasuredCount) = (0, 0)
        defer {
            upcoming?.loader.cancel()
            try? files.writer.wait()
        }
        while let plan = nextEpoch() {
            guard let trained = try trainEpoch(plan, shouldStop: shouldStop, onEvent: onEvent) else {
                ending = .stopped
                break
            }
            for problem in store.problems.dropFirst(problemCount) { try onEvent(.note("left out: \(problem)")) }
            problemCount = store.problems.count
            guard problemCount < store.count else {
                throw TrainingError("not one image of the training set can be read; the first: \(store.problems[0])")
            }

            state.epoch += 1
            state.seconds = before + Self.seconds(clock.duration(to: .now))
            let next = nextEpoch()
            if let next { upcoming = (state.epoch, next.withMosaic, loader(next)) }
            let isLast = next == nil
            try files.writer.wait()
            let report = try measure(trained, plan, isDue: isLast || state.epoch % settings.val_period == 0)
            for problem in (evaluation?.problems ?? []).dropFirst(unmeasuredCount) { try onEvent(.note("not measured: \(problem)")) }
            unmeasuredCount = evaluation?.problems.count ?? 0
            state.seconds = before + Self.seconds(clock.duration(to: .now))
            try state.write(network: network, average: average, optimizer: optimizer, folder: output, by: files.writer)
            log.add(report)
            try onEvent(.epoch(report))
            if settings.patience > 0, let best = state.best, state.epoch - best.epoch >= settings.patience {
                ending = .noBetterModel
                break
            }
        }
        if ending == .finished, settings.time != nil { ending = .timeIsUp }
        return try finish(ending)
    }

    // MARK: An epoch

    private struct EpochPlan {
        /// Epochs in all, as far as known.
        var epochs: Int
        /// Part of the training that is done when the epoch starts and when it ends.
        var start: Double
        var end: Double
        var withMosaic: Bool
    }

    /// Nil when the training is over. By the clock, an epoch starts if at least half of it fits into what is left.
    private func nextEpoch() -> EpochPlan? {
        let done = state.epoch
        let epochs: Int
        var start = 0.0, length = 0.0
        if let hours = settings.time {
            let budget = hours * 3600
            let each = done > 0 ? state.seconds / Double(done) : 0
            guard done == 0 || state.seconds + each / 2 < budget else { return nil }
            epochs = done > 0 ? max(done + 1, Int((budget / each).rounded())) : settings.epochs
            start = done > 0 ? state.seconds / budget : 0
            length = done > 0 ? each / budget : 1 / Double(settings.epochs)
        } else {
            epochs = settings.epochs
            guard done < epochs else { return nil }
            start = Double(done) / Double(epochs)
            length = 1 / Double(epochs)
        }
        let closed = min(settings.close_mosaic, epochs / 4)
        return EpochPlan(epochs: epochs, start: start, end: min(1, start + length), withMosaic: done < epochs - closed)
    }

    private func loader(_ plan: EpochPlan) -> BatchLoader {
        BatchLoader(store: store, settings: settings, epoch: state.epoch, withMosaic: plan.withMosaic)
    }

    /// The loader that was started early, if it fits the plan; by the clock, the plan may have changed since.
    private mutating func takeLoader(_ plan: EpochPlan) -> BatchLoader {
        defer { upcoming = nil }
        if let upcoming {
            if upcoming.epoch == state.epoch, upcoming.withMosaic == plan.withMosaic { return upcoming.loader }
            upcoming.loader.cancel()
        }
        return loader(plan)
    }

    private struct TrainedEpoch {
        var loss: DetectionLoss.Parts
        var rate: Double
        var imagesPerSecond: Double
    }

    private mutating func trainEpoch(
        _ plan: EpochPlan, shouldStop: () -> Bool, onEvent: (TrainingEvent) throws -> Void
    ) throws -> TrainedEpoch? {
        let started = ContinuousClock.now
        let loader = takeLoader(plan)
        defer { loader.cancel() }
        network.isTraining = true
        var sum = DetectionLoss.Parts()
        var (rate, pictures) = (0.0, 0)
        for step in 0..<loader.count {
            if shouldStop() { return nil }
            guard let batch = loader.next() else { break }
            let shape = [batch.objects.count, settings.imgsz, settings.imgsz, 3]
            let input = try network.input(Tensor(batch.pixels, shape: shape, engine: network.engine))
            let (total, parts) = try loss(raw: network.forward(input), objects: batch.objects)
            guard parts.total.isFinite else {
                throw TrainingError("the loss is no finite number any more (epoch \(state.epoch + 1), step \(step + 1)); lower lr0")
            }
            try total.backward()
            let progress = plan.start + (plan.end - plan.start) * Double(step) / Double(loader.count)
            let rates = schedule.rates(step: state.steps, progress: progress)
            _ = try optimizer.step(rates: rates)
            state.steps += 1
            try average.update(step: state.steps)
            rate = rates.weights
            sum.box += parts.box
            sum.classes += parts.classes
            sum.distribution += parts.distribution
            pictures += batch.objects.count
            try onEvent(
                .step(
                    epoch: state.epoch + 1, step: step + 1, steps: loader.count, loss: parts.total,
                    imagesPerSecond: Double(pictures) / Self.seconds(started.duration(to: .now))))
        }
        let count = Float(loader.count)
        return TrainedEpoch(
            loss: .init(box: sum.box / count, classes: sum.classes / count, distribution: sum.distribution / count), rate: rate,
            imagesPerSecond: Double(store.count) / Self.seconds(started.duration(to: .now)))
    }

    private mutating func measure(_ trained: TrainedEpoch, _ plan: EpochPlan, isDue: Bool) throws -> EpochReport {
        let report = isDue ? try evaluation?.report(for: average.network.folded()) : nil
        // Of equals the later is taken: without held-out images, or while nothing is found yet, the latest is the best known.
        let fitness = report.map { 0.1 * max(0, $0.at50) + 0.9 * max(0, $0.meanAveragePrecision) } ?? 0
        let isBest = evaluation == nil || (report != nil && fitness >= (state.best?.fitness ?? 0))
        if isBest {
            state.best = .init(epoch: state.epoch, fitness: fitness)
            bestReport = report
            try files.writeWeights(average.network, name: "best", metrics: Self.metrics(report))
        }
        return EpochReport(
            epoch: state.epoch, epochs: max(plan.epochs, state.epoch), loss: trained.loss, learningRate: trained.rate,
            imagesPerSecond: trained.imagesPerSecond, seconds: state.seconds, validation: report, isBest: isBest)
    }

    static func metrics(_ report: DetectionReport?) -> [String: Double] {
        guard let report else { return [:] }
        return ["mAP50(\(report.protocolName))": report.at50, "mAP50-95(\(report.protocolName))": report.meanAveragePrecision]
    }

    // MARK: The end

    private mutating func finish(_ ending: TrainingSummary.Ending) throws -> TrainingSummary {
        guard let best = state.best else {
            return TrainingSummary(ending: ending, epochs: state.epoch, bestEpoch: 0, seconds: state.seconds, files: [])
        }
        try files.writeWeights(average.network, name: "last", metrics: [:])
        try files.writer.wait()
        // The best weights are read back: they may come from before an interruption.
        let weights = try SafeTensors(path: output.appendingPathComponent("best.safetensors").path)
        let model = try DetectorNetwork(network.architecture, weights: weights, engine: network.engine, device: network.device)
        try files.writeONNX(model, name: "best")
        try files.writer.wait()
        let report = try bestReport ?? evaluation?.report(for: model.folded())
        return TrainingSummary(
            ending: ending, epochs: state.epoch, bestEpoch: best.epoch, seconds: state.seconds, best: report,
            files: [
                "best.safetensors", "best.json", "best.onnx", "last.safetensors", "last.json", "results.csv", TrainingCheckpoint.fileName,
            ])
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
