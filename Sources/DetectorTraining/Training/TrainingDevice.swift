import TensorEngine

/// Where a training runs, and in which precision.
struct TrainingDevice {
    /// "cpu", or a card such as "cuda:0".
    let name: String
    /// Whether convolutions run in bfloat16.
    let isMixed: Bool
    /// What was asked for and cannot be had, as a sentence.
    let note: String?

    /// Takes a card when there is one and nothing else is asked for.
    ///
    /// - Throws: `TrainingError` when a card is asked for that the tensor library does not see.
    init(_ settings: TrainingSettings, engine: TensorEngine) throws {
        let cards = engine.cudaDeviceCount
        name = settings.device ?? (cards > 0 ? "cuda:0" : "cpu")
        if name != "cpu" {
            guard let card = name.split(separator: ":").last.flatMap({ Int($0) }), card < cards else {
                throw TrainingError(
                    "device: \(name) was asked for, but libtorch \(engine.version) sees \(cards) graphics cards; train with device=cpu, or build the "
                        + "engine over a torch with CUDA (scripts/setup-engine --torch SITE-PACKAGES/torch)")
            }
        }
        isMixed = settings.amp && name != "cpu"
        // Measured with libtorch 1.13 on a processor with AVX512-BF16: a training step took 1.6 times the work.
        note = settings.amp && !isMixed ? "amp: on a processor everything runs in 32 bits, which is faster there" : nil
    }
}
