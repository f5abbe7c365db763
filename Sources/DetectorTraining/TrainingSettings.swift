import Inference

/// How a detector is trained. Names and meanings are those of Ultralytics' arguments; the defaults are chosen for small
/// sets and short trainings from scratch on a CPU.
package struct TrainingSettings: Sendable, Hashable, Codable {
    /// "yolov8n" to "yolov8x"; nil takes the size of `pretrained`, or n.
    package var model: String?
    /// A .safetensors file, or a .pt of Ultralytics, to start from instead of random weights; layers of another shape (the
    /// head of another number of classes) start at random.
    package var pretrained: String?
    package var epochs = 60
    /// Hours after which training ends; when given, it replaces `epochs` and the schedule follows the clock.
    package var time: Double?
    package var batch = 8
    /// Side of the square pictures in pixels; a multiple of 32.
    package var imgsz = 320
    /// Epochs without a better model after which training ends; 0 for never.
    package var patience = 0
    package var seed = 0
    /// "cpu", "cuda:0"; nil takes a graphics card when there is one.
    package var device: String?
    /// Threads of the tensor library; nil leaves the choice to it.
    package var threads: Int?
    /// Threads that make pictures ahead of their use; nil takes one for four cores.
    package var workers: Int?
    /// Convolutions in bfloat16 on a graphics card (of the Ampere generation or later); nothing changes on a processor.
    package var amp = false

    package var optimizer = Optimizer.adamW
    /// Learning rate after the warm-up, and its last value as a fraction of it.
    package var lr0 = 0.002
    package var lrf = 0.02
    package var cos_lr = true
    package var momentum = 0.9
    package var weight_decay = 0.0005
    package var warmup_epochs = 2.0
    package var warmup_momentum = 0.8
    /// Learning rate of the biases when the warm-up starts; everything else starts at 0.
    package var warmup_bias_lr = 0.0
    /// Largest length of the whole gradient.
    package var clip_norm = 10.0
    /// The moving average of the weights: `ema_decay * (1 - exp(-steps / ema_tau))` of it stays at each step.
    package var ema_decay = 0.998
    package var ema_tau = 200.0

    /// Weights of the three losses.
    package var box = 7.5
    package var cls = 0.5
    package var dfl = 1.5

    /// Probability that a picture is made of four.
    package var mosaic = 1.0
    /// Epochs at the end without mosaics; at most a quarter of all.
    package var close_mosaic = 10
    /// Probability that a picture is blended with another.
    package var mixup = 0.0
    /// Largest turn and shear in degrees.
    package var degrees = 0.0
    package var shear = 0.0
    /// Zoom from `1 - scale` to `1 + scale`.
    package var scale = 0.5
    /// Shift as a fraction of the side.
    package var translate = 0.1
    package var fliplr = 0.5
    package var flipud = 0.0
    /// Change of hue (part of the circle), saturation and brightness.
    package var hsv_h = 0.015
    package var hsv_s = 0.7
    package var hsv_v = 0.4

    /// Measure on the held-out images after every so many epochs (and after the last).
    package var val_period = 1
    /// Go on from the checkpoint in the output folder, if there is one.
    package var resume = false

    package enum Optimizer: String, Sendable, Codable, CaseIterable {
        case sgd = "SGD"
        case adamW = "AdamW"
        /// AdamW with a rate that fits the number of classes, or SGD for trainings of more than 10,000 steps; sets `lr0` and
        /// `momentum`.
        case auto
    }

    package init() {}

    /// The size of the network that `model` names.
    ///
    /// - Parameter pretrained: of the weights to start from; taken when no model is named.
    func modelScale(pretrained: DetectorScale?) throws -> DetectorScale {
        guard let model else { return pretrained ?? .nano }
        guard let scale = DetectorScale(modelName: model) else {
            throw TrainingError("model: \"\(model)\" is none of yolov8n, yolov8s, yolov8m, yolov8l, yolov8x")
        }
        return scale
    }

    /// With `auto` turned into the optimiser, rate and momentum that it stands for.
    package func withChosenOptimizer(steps: Int, classCount: Int) -> TrainingSettings {
        guard optimizer == .auto else { return self }
        var chosen = self
        chosen.optimizer = steps > 10_000 ? .sgd : .adamW
        // More classes share the same gradients, so each step should be smaller.
        chosen.lr0 = steps > 10_000 ? 0.01 : 0.01 / Double(4 + classCount)
        chosen.momentum = 0.9
        chosen.warmup_bias_lr = 0
        return chosen
    }

    /// - Throws: `TrainingError` with every value that cannot be used.
    package func validate() throws {
        var problems: [String] = []
        func check(_ isFine: Bool, _ problem: String) { if !isFine { problems.append(problem) } }
        check(
            model.map { DetectorScale(modelName: $0) != nil } ?? true,
            "model must be yolov8n, yolov8s, yolov8m, yolov8l or yolov8x, not \(model ?? "")")
        check((1...100_000).contains(epochs), "epochs must lie between 1 and 100000, not \(epochs)")
        check(time.map { $0.isFinite && $0 > 0 && $0 <= 10_000 } ?? true, "time must be hours above 0")
        check((1...4096).contains(batch), "batch must lie between 1 and 4096, not \(batch)")
        check((64...2048).contains(imgsz) && imgsz % 32 == 0, "imgsz must be a multiple of 32 between 64 and 2048, not \(imgsz)")
        check(patience >= 0, "patience must not be negative")
        check(val_period >= 1, "val_period must be at least 1")
        check(threads.map { (1...1024).contains($0) } ?? true, "threads must lie between 1 and 1024")
        check(workers.map { (1...64).contains($0) } ?? true, "workers must lie between 1 and 64")
        check(
            device.map { $0 == "cpu" || $0.wholeMatch(of: /cuda:[0-9]{1,3}/) != nil } ?? true,
            "device must be cpu, cuda or the number of one card, not \(device ?? "")")
        check(lr0.isFinite && lr0 > 0 && lr0 <= 10, "lr0 must lie above 0 and up to 10, not \(lr0)")
        check(ema_tau.isFinite && ema_tau > 0, "ema_tau must be above 0")
        check(clip_norm.isFinite && clip_norm > 0, "clip_norm must be above 0")
        for (name, value) in [
            ("lrf", lrf), ("momentum", momentum), ("weight_decay", weight_decay), ("warmup_momentum", warmup_momentum),
            ("warmup_bias_lr", warmup_bias_lr), ("ema_decay", ema_decay), ("mosaic", mosaic), ("mixup", mixup), ("translate", translate), ("fliplr", fliplr),
            ("flipud", flipud), ("hsv_h", hsv_h), ("hsv_s", hsv_s), ("hsv_v", hsv_v),
        ] { check(value.isFinite && (0...1).contains(value), "\(name) must lie between 0 and 1, not \(value)") }
        check(degrees.isFinite && (0...180).contains(degrees), "degrees must lie between 0 and 180, not \(degrees)")
        check(shear.isFinite && (0...60).contains(shear), "shear must lie between 0 and 60 degrees, not \(shear)")
        check(scale.isFinite && (0..<1).contains(scale), "scale must lie between 0 and 1, not \(scale)")
        for (name, value) in [("box", box), ("cls", cls), ("dfl", dfl), ("warmup_epochs", warmup_epochs)] {
            check(value.isFinite && (0...1000).contains(value), "\(name) must lie between 0 and 1000, not \(value)")
        }
        check(close_mosaic >= 0, "close_mosaic must not be negative")
        guard problems.isEmpty else { throw TrainingError("the training cannot start: \(problems.joined(separator: "; "))") }
    }
}
