import Foundation

/// What to compare and when to warn, in the words of Azure ML's monitor YAML. Everything may be left out.
package struct DriftSettings: Codable, Sendable, Hashable {
    /// By any name; without it every signal of `AllSignals` runs with its defaults.
    package var signals: [String: SignalSettings]?
    /// Fewer pictures than this on a side give no verdict.
    package var minimumSamples: Int

    package init(signals: [String: SignalSettings]? = nil, minimumSamples: Int = 10) {
        self.signals = signals
        self.minimumSamples = minimumSamples
    }

    private enum CodingKeys: String, CodingKey {
        case signals = "monitoring_signals"
        case minimumSamples = "minimum_samples"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        signals = try container.decodeIfPresent([String: SignalSettings].self, forKey: .signals)
        minimumSamples = max(1, try container.decodeIfPresent(Int.self, forKey: .minimumSamples) ?? 10)
    }

    /// Reads a settings file.
    package init(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DriftError("\(path): the settings cannot be read; check that the file is there")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw DriftError(
                "\(path): these are not settings of a monitor (\(error)); write {\"monitoring_signals\": {NAME: {\"type\": \"data_drift\", ...}}}")
        }
    }
}

/// One signal of a monitor.
package struct SignalSettings: Codable, Sendable, Hashable {
    /// `data_drift`, `prediction_drift` or `data_quality`.
    package var type: String
    /// Only these; `nil` is all.
    package var features: [String]?
    package var thresholds: SignalThresholds

    package init(type: String, features: [String]? = nil, thresholds: SignalThresholds = SignalThresholds()) {
        self.type = type
        self.features = features
        self.thresholds = thresholds
    }

    private enum CodingKeys: String, CodingKey {
        case type, features
        case thresholds = "metric_thresholds"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decode(String.self, forKey: .type)
        // `all_features` and `top_n_feature_importance` mean all: pictures have few facts and no importances.
        features = try? container.decodeIfPresent([String].self, forKey: .features)
        thresholds = try container.decodeIfPresent(SignalThresholds.self, forKey: .thresholds) ?? SignalThresholds()
    }
}

/// The metrics that a person asked for, with the values that warn: `{"numerical": {METRIC: VALUE}, "categorical": {…}}`,
/// or `{METRIC: VALUE}` for both. No value leaves the threshold to the signal.
package struct SignalThresholds: Codable, Sendable, Hashable {
    package var numerical: [String: Double?]
    package var categorical: [String: Double?]

    package init(numerical: [String: Double?] = [:], categorical: [String: Double?] = [:]) {
        self.numerical = numerical
        self.categorical = categorical
    }

    private enum Entry: Decodable {
        case value(Double?)
        case group([String: Double?])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .value(nil)
            } else if let value = try? container.decode(Double.self) {
                self = .value(value)
            } else {
                self = .group(try container.decode([String: Double?].self))
            }
        }
    }

    package init(from decoder: any Decoder) throws {
        self.init()
        for (key, entry) in try decoder.singleValueContainer().decode([String: Entry].self) {
            switch entry {
            case .group(let group) where key == "numerical": numerical.merge(group) { $1 }
            case .group(let group) where key == "categorical": categorical.merge(group) { $1 }
            case .group:
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "'\(key)' is neither numerical nor categorical"))
            case .value(let value):
                numerical[key] = .some(value)
                categorical[key] = .some(value)
            }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(["numerical": numerical, "categorical": categorical])
    }
}
