package import Foundation

extension FactTable {
    /// Collected requests, one JSON object a line, as the server writes them:
    /// `{"requestId", "time", "status", "model", "facts": {name: number}, "detections": [{"category", "score", "box": [x1, y1, x2, y2]}]}`
    /// with boxes relative to the picture. Lines that are not that are counted in a note; requests answered with an error
    /// are counted, not compared.
    package static func production(file path: String) throws -> FactTable {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DriftError("\(path): the collected requests cannot be read; check that the file is there")
        }
        return production(data)
    }

    package static func production(_ data: Data) -> FactTable {
        var table = FactTable(rows: [], objectSource: .model)
        var broken: [Int] = []
        let decoder = JSONDecoder()
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
            guard let record = try? decoder.decode(Record.self, from: line) else {
                broken.append(index + 1)
                continue
            }
            if let status = record.status, !(200..<300).contains(status) {
                table.failedRequests += 1
                continue
            }
            table.rows.append(
                Row(
                    name: record.requestId ?? "line \(index + 1)", time: record.time,
                    facts: (record.facts?.value ?? [:]).compactMapValues(\.number), objects: record.detections?.value?.map(\.seen)))
        }
        if let first = broken.first { table.notes.append("\(broken.count) lines of the collected requests are not records; the first is line \(first)") }
        return table
    }

    private struct Record: Decodable {
        var requestId: String?
        var time: String?
        var status: Int?
        var facts: Tolerant<[String: Number]>?
        var detections: Tolerant<[Detection]>?

        enum CodingKeys: CodingKey { case requestId, time, status, facts, detections }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            requestId = try? container.decode(String.self, forKey: .requestId)
            time = try? container.decode(String.self, forKey: .time)
            status = try? container.decode(Int.self, forKey: .status)
            facts = try container.decodeIfPresent(Tolerant<[String: Number]>.self, forKey: .facts)
            detections = try container.decodeIfPresent(Tolerant<[Detection]>.self, forKey: .detections)
            guard facts != nil || detections != nil || status != nil else {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "not a record"))
            }
        }
    }

    private struct Detection: Decodable {
        var category: Tolerant<String>?
        var score: Number?
        var box: Tolerant<[Double]>?

        var seen: SeenObject {
            var share: Double?
            if let box = box?.value, box.count == 4 {
                let (width, height) = (min(box[2], 1) - max(box[0], 0), min(box[3], 1) - max(box[1], 0))
                share = max(0, width) * max(0, height)
            }
            return SeenObject(category: category?.value ?? "?", score: score?.number, areaShare: share)
        }
    }

    /// A number, or anything else as no number: collectors write what they are given.
    private struct Number: Decodable {
        var number: Double?

        init(from decoder: any Decoder) throws { number = try? decoder.singleValueContainer().decode(Double.self) }
    }

    /// A value of the expected form, or nothing.
    private struct Tolerant<Value: Decodable>: Decodable {
        var value: Value?

        init(from decoder: any Decoder) throws { value = try? decoder.singleValueContainer().decode(Value.self) }
    }
}
