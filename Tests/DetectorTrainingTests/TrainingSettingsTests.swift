import DetectorTraining
import Testing

@Suite struct TrainingSettingsTests {
    @Test func `the defaults are valid`() throws {
        try TrainingSettings().validate()
    }

    @Test func `every name takes a value of its kind and refuses another`() throws {
        var settings = TrainingSettings()
        try settings.set("epochs", to: "7")
        try settings.set("lr0", to: "0.01")
        try settings.set("time", to: "0.25")
        try settings.set("optimizer", to: "sgd")
        try settings.set("cos_lr", to: "False")
        #expect(settings.epochs == 7)
        #expect(settings.lr0 == 0.01)
        #expect(settings.time == 0.25)
        #expect(settings.optimizer == .sgd)
        #expect(!settings.cos_lr)
        #expect(throws: TrainingError.self) { try settings.set("epochs", to: "many") }
        #expect(throws: TrainingError.self) { try settings.set("epoch", to: "7") }
    }

    @Test func `devices are named as Ultralytics names them`() throws {
        var settings = TrainingSettings()
        for (text, device) in [("0", "cuda:0"), ("cuda", "cuda:0"), ("cuda:1", "cuda:1"), ("CPU", "cpu")] {
            try settings.set("device", to: text)
            #expect(settings.device == device)
            try settings.validate()
        }
        try settings.set("device", to: "0,1")
        #expect(throws: TrainingError.self) { try settings.validate() }
    }

    @Test func `an arguments file of Ultralytics is taken, and what means nothing here is named`() throws {
        var settings = TrainingSettings()
        let foreign = try settings.set(arguments: [
            "task": "detect", "epochs": "12", "plots": "true", "pretrained": "true", "perspective": "0.0", "model": "yolov8s.pt", "lr0": "0.01",
            "amp": "true", "workers": "8", "degrees": "5.0", "mixup": "0.1", "weights": "best.pt", "resume": "false",
        ])
        #expect(foreign == ["plots", "task"])
        #expect((settings.epochs, settings.model, settings.lr0) == (12, "yolov8s.pt", 0.01))
        #expect((settings.amp, settings.workers, settings.degrees, settings.mixup) == (true, 8, 5, 0.1))
        #expect(settings.pretrained == "best.pt")
        #expect(throws: TrainingError.self) { try settings.set(arguments: ["perspective": "0.001"]) }
        #expect(throws: TrainingError.self) { try settings.set(arguments: ["epoch": "3"]) }
    }

    @Test func `the automatic optimiser depends on steps and classes`() {
        var settings = TrainingSettings()
        settings.optimizer = .auto
        let short = settings.withChosenOptimizer(steps: 1000, classCount: 1)
        #expect((short.optimizer, short.lr0) == (.adamW, 0.002))
        #expect(settings.withChosenOptimizer(steps: 20_000, classCount: 1).optimizer == .sgd)
        settings.optimizer = .sgd
        settings.lr0 = 0.5
        #expect(settings.withChosenOptimizer(steps: 1000, classCount: 1) == settings)
    }

    @Test func `every stored setting can be set by its name`() {
        let stored = Mirror(reflecting: TrainingSettings()).children.compactMap(\.label)
        #expect(Set(stored) == Set(TrainingSettings.names))
    }

    @Test func `all problems are told at once`() {
        var settings = TrainingSettings()
        settings.epochs = 0
        settings.imgsz = 333
        settings.mosaic = .nan
        let error = #expect(throws: TrainingError.self) { try settings.validate() }
        for word in ["epochs", "imgsz", "mosaic"] { #expect(error?.description.contains(word) == true) }
    }

    @Test func `the parameters of a run name what was set`() {
        var settings = TrainingSettings()
        settings.pretrained = "old.safetensors"
        let described = Dictionary(uniqueKeysWithValues: settings.described.map { ($0.name, $0.value) })
        #expect(described["pretrained"] == "old.safetensors")
        #expect(described["optimizer"] == "AdamW")
        #expect(described["time"] == nil)
    }
}

@Suite struct LearningScheduleTests {
    @Test func `the rate rises through the warm-up and falls to its last value`() {
        var settings = TrainingSettings()
        settings.lr0 = 0.01
        settings.lrf = 0.1
        settings.warmup_epochs = 2
        let schedule = LearningSchedule(settings: settings, stepsPerEpoch: 10)
        let rates = (0..<100).map { schedule.rates(step: $0, progress: Double($0) / 100).weights }
        #expect(rates[0] < 0.001)
        #expect(zip(rates.prefix(19), rates.prefix(20).dropFirst()).allSatisfy { $0 < $1 })
        #expect(zip(rates.dropFirst(21), rates.dropFirst(22)).allSatisfy { $0 > $1 })
        #expect(abs(schedule.factor(at: 0) - 1) < 1e-12)
        #expect(abs(schedule.factor(at: 1) - 0.1) < 1e-12)
        #expect(abs(schedule.factor(at: 0.5) - 0.55) < 1e-12)
    }

    @Test func `a straight fall is half way at half time`() {
        var settings = TrainingSettings()
        settings.cos_lr = false
        settings.lrf = 0
        #expect(LearningSchedule(settings: settings, stepsPerEpoch: 1).factor(at: 0.25) == 0.75)
    }

    @Test func `the average forgets quickly at first and slowly later`() {
        let first = AveragedWeights.factor(step: 1, decay: 0.998, tau: 200)
        let late = AveragedWeights.factor(step: 100_000, decay: 0.998, tau: 200)
        #expect(first < 0.01)
        #expect(abs(late - 0.998) < 1e-9)
    }
}
