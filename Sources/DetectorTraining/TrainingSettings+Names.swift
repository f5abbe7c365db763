import Foundation

extension TrainingSettings {
    /// How text becomes the value of one setting; false when it does not.
    private typealias Setter = @Sendable (inout TrainingSettings, String) -> Bool

    private static func setter<Value: LosslessStringConvertible & SendableMetatype>(
        _ path: any WritableKeyPath<TrainingSettings, Value> & Sendable
    ) -> Setter {
        { settings, text in
            guard let value = Value(text) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    private static func setter<Value: LosslessStringConvertible & SendableMetatype>(
        _ path: any WritableKeyPath<TrainingSettings, Value?> & Sendable
    ) -> Setter {
        { settings, text in
            guard let value = Value(text) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    private static let setters: [String: Setter] = [
        "pretrained": setter(\.pretrained), "epochs": setter(\.epochs), "time": setter(\.time),
        "batch": setter(\.batch), "imgsz": setter(\.imgsz), "patience": setter(\.patience), "seed": setter(\.seed),
        "workers": setter(\.workers), "threads": setter(\.threads), "lr0": setter(\.lr0), "lrf": setter(\.lrf),
        "momentum": setter(\.momentum), "weight_decay": setter(\.weight_decay), "warmup_epochs": setter(\.warmup_epochs),
        "warmup_momentum": setter(\.warmup_momentum), "warmup_bias_lr": setter(\.warmup_bias_lr), "clip_norm": setter(\.clip_norm),
        "ema_decay": setter(\.ema_decay), "ema_tau": setter(\.ema_tau), "box": setter(\.box), "cls": setter(\.cls), "dfl": setter(\.dfl),
        "mosaic": setter(\.mosaic), "close_mosaic": setter(\.close_mosaic), "mixup": setter(\.mixup),
        "degrees": setter(\.degrees), "shear": setter(\.shear), "scale": setter(\.scale), "translate": setter(\.translate),
        "fliplr": setter(\.fliplr), "flipud": setter(\.flipud), "hsv_h": setter(\.hsv_h), "hsv_s": setter(\.hsv_s),
        "hsv_v": setter(\.hsv_v), "val_period": setter(\.val_period),
        "cos_lr": flag(\.cos_lr), "resume": flag(\.resume), "amp": flag(\.amp),
        "model": { settings, text in
            // Ultralytics names a size or a file of weights by the same argument.
            let isFile = ["pt", "safetensors"].contains { text.hasSuffix(".\($0)") } && FileManager.default.fileExists(atPath: text)
            if isFile { settings.pretrained = text } else { settings.model = text }
            return true
        },
        "device": { settings, text in
            let name = text.lowercased()
            settings.device = name == "cuda" ? "cuda:0" : Int(name).map { "cuda:\($0)" } ?? name
            return true
        },
        "optimizer": { settings, text in
            guard let value = Optimizer.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else { return false }
            settings.optimizer = value
            return true
        },
    ]

    /// Python writes True and False, YAML true and false.
    private static func flag(_ path: any WritableKeyPath<TrainingSettings, Bool> & Sendable) -> Setter {
        { settings, text in
            guard let value = Bool(text.lowercased()) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    /// Other names for the same.
    private static let aliases = ["weights": "pretrained"]

    /// Arguments of Ultralytics that an arguments file may hold and that change nothing here: other tasks, how it predicts and
    /// exports, what it draws and where it writes.
    package static let foreignNames: Set<String> = [
        "task", "mode", "save", "save_period", "cache", "project", "name", "exist_ok", "save_dir", "cls_remap", "verbose", "deterministic",
        "profile", "compile", "channels_last", "overlap_mask", "mask_ratio", "val", "split", "save_json", "conf", "iou", "max_det", "quantize",
        "half", "dnn", "plots", "nms", "source", "vid_stride", "stream_buffer", "visualize", "augment", "agnostic_nms", "classes", "retina_masks",
        "embed", "show", "save_frames", "save_txt", "save_conf", "save_crop", "show_labels", "show_conf", "show_boxes", "line_width", "format",
        "keras", "optimize", "int8", "dynamic", "simplify", "opset", "workspace", "distill_model", "dis", "pose", "kobj", "rle", "angle", "dlog",
        "dgrad", "dlam", "copy_paste_mode", "auto_augment", "erasing", "cfg", "tracker", "dropout", "nbs", "crop_fraction", "label_smoothing",
    ]

    /// Arguments of Ultralytics that would change a training and are not offered here, with the values that ask for nothing.
    private static let absentNames: [String: Set<String>] = [
        "perspective": ["0", "0.0"], "bgr": ["0", "0.0"], "cutmix": ["0", "0.0"], "copy_paste": ["0", "0.0"], "multi_scale": ["0", "0.0", "false"],
        "cls_pw": ["0", "0.0"], "single_cls": ["false"], "rect": ["false"], "freeze": [], "fraction": ["1", "1.0"],
    ]

    /// Sets what an arguments file of Ultralytics holds; null values are left out by the caller.
    ///
    /// - Returns: the names that mean nothing here, sorted.
    /// - Throws: `TrainingError` for an unknown name, a value that is none, or a wish that cannot be met.
    package mutating func set(arguments: [String: String]) throws -> [String] {
        var foreign: [String] = []
        for (name, text) in arguments.sorted(by: { $0.key < $1.key }) {
            if Self.foreignNames.contains(name) {
                foreign.append(name)
            } else if let harmless = Self.absentNames[name] {
                guard harmless.contains(text.lowercased()) else { throw TrainingError("\(name): \(text) is not offered here; leave it out") }
            } else if name == "pretrained", let flag = Bool(text.lowercased()) {
                // true says: start from the weights named by `model`, which happens anyway.
                if !flag { pretrained = nil }
            } else if name == "resume", Bool(text.lowercased()) == nil {
                throw TrainingError("resume: write true, and name the folder of the interrupted training as --output")
            } else {
                try set(name, to: text)
            }
        }
        return foreign
    }

    /// Every name that `set` takes, sorted.
    package static var names: [String] { setters.keys.sorted() }

    /// Sets one value by the name of Ultralytics' argument, as a command line or a sweep gives it.
    ///
    /// - Throws: `TrainingError` for an unknown name or a text that is no such value. Ranges are checked by `validate`.
    package mutating func set(_ name: String, to text: String) throws {
        guard let setter = Self.setters[Self.aliases[name] ?? name] else {
            throw TrainingError("there is no training setting \"\(name)\"; there are \(Self.names.joined(separator: ", "))")
        }
        guard setter(&self, text) else { throw TrainingError("\(name): \"\(text)\" is no value for this setting") }
    }

    /// Every setting as text by its name, for the parameters of a run.
    package var described: [(name: String, value: String)] {
        Mirror(reflecting: self).children.compactMap { child in
            guard let name = child.label else { return nil }
            let value = Mirror(reflecting: child.value)
            if value.displayStyle == .optional { return value.children.first.map { (name, "\($0.value)") } }
            return (name, (child.value as? Optimizer)?.rawValue ?? "\(child.value)")
        }
    }
}
