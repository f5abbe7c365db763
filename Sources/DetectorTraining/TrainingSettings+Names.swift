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
        "model": setter(\.model), "pretrained": setter(\.pretrained), "epochs": setter(\.epochs), "time": setter(\.time),
        "batch": setter(\.batch), "imgsz": setter(\.imgsz), "patience": setter(\.patience), "seed": setter(\.seed),
        "device": setter(\.device), "threads": setter(\.threads), "lr0": setter(\.lr0), "lrf": setter(\.lrf),
        "momentum": setter(\.momentum), "weight_decay": setter(\.weight_decay), "warmup_epochs": setter(\.warmup_epochs),
        "warmup_momentum": setter(\.warmup_momentum), "warmup_bias_lr": setter(\.warmup_bias_lr), "clip_norm": setter(\.clip_norm),
        "ema_decay": setter(\.ema_decay), "ema_tau": setter(\.ema_tau), "box": setter(\.box), "cls": setter(\.cls), "dfl": setter(\.dfl),
        "mosaic": setter(\.mosaic), "close_mosaic": setter(\.close_mosaic), "scale": setter(\.scale), "translate": setter(\.translate),
        "fliplr": setter(\.fliplr), "flipud": setter(\.flipud), "hsv_h": setter(\.hsv_h), "hsv_s": setter(\.hsv_s),
        "hsv_v": setter(\.hsv_v), "val_period": setter(\.val_period),
        "cos_lr": flag(\.cos_lr), "resume": flag(\.resume),
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

    /// Every name that `set` takes, sorted.
    package static var names: [String] { setters.keys.sorted() }

    /// Sets one value by the name of Ultralytics' argument, as a command line or a sweep gives it.
    ///
    /// - Throws: `TrainingError` for an unknown name or a text that is no such value. Ranges are checked by `validate`.
    package mutating func set(_ name: String, to text: String) throws {
        guard let setter = Self.setters[name] else {
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
