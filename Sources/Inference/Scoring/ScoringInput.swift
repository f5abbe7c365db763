import Foundation

/// The pictures of a scoring request, still encoded, and the shape of answer that its sender expects.
package struct ScoringInput: Equatable {
    package enum Shape: Equatable {
        /// `{"image": "<base64>"}`, answered by a JSON string that holds a list.
        case single
        /// Azure AutoML's `{"input_data": {"columns": ["image"], "data": ["<base64>", …]}}`, answered by a list of boxes.
        case autoML
        /// The picture's own bytes, answered by a plain list.
        case bytes
    }

    package let shape: Shape
    package let images: [[UInt8]]

    /// Pictures in one request; more than this would hold a worker for minutes.
    static let imageLimit = 64

    /// - Throws: `InferenceError` with the sentence for the sender.
    package init(body: [UInt8], contentType: String) throws {
        if contentType.lowercased().hasPrefix("image/") || contentType.lowercased().hasPrefix("application/octet-stream") {
            self.init(shape: .bytes, images: [body])
            return
        }
        guard let json = try? JSONSerialization.jsonObject(with: Data(body)), let fields = json as? [String: Any] else {
            throw InferenceError(
                "the request is not a JSON object; send {\"image\": \"<base64>\"}, or the picture's bytes with its image/* content type")
        }
        if let text = fields["image"] {
            self.init(shape: .single, images: [try Self.decode(text, at: "image")])
        } else if let table = fields["input_data"] {
            let images = try Self.rows(of: table).enumerated().map { try Self.decode($1, at: "input_data.data[\($0)]") }
            self.init(shape: .autoML, images: images)
        } else {
            throw InferenceError(
                "the request has neither image nor input_data; send {\"image\": \"<base64>\"} "
                    + "or {\"input_data\": {\"columns\": [\"image\"], \"data\": [\"<base64>\"]}}")
        }
    }

    private init(shape: Shape, images: [[UInt8]]) {
        self.shape = shape
        self.images = images
    }

    /// The cells of the `image` column: rows are lists, or bare values when it is the only column.
    private static func rows(of table: Any) throws -> [Any] {
        guard let table = table as? [String: Any], let data = table["data"] as? [Any] else {
            throw InferenceError("input_data must be an object with columns and data (a list)")
        }
        guard data.count <= imageLimit else {
            throw InferenceError("input_data.data has \(data.count) pictures; at most \(imageLimit) are scored in one request")
        }
        let columns = table["columns"] as? [String] ?? ["image"]
        guard let column = columns.firstIndex(of: "image") else {
            throw InferenceError("input_data.columns must name the column image, not \(columns.joined(separator: ", "))")
        }
        return try data.enumerated().map { index, row in
            guard let cells = row as? [Any] else { return row }
            guard cells.indices.contains(column) else {
                throw InferenceError("input_data.data[\(index)] has no value for the column image")
            }
            return cells[column]
        }
    }

    /// Base64, plain or as a data URL.
    private static func decode(_ value: Any, at place: String) throws -> [UInt8] {
        guard let text = value as? String else { throw InferenceError("\(place) must be a base64 string") }
        let encoded = text.hasPrefix("data:") ? text[(text.firstIndex(of: ",") ?? text.startIndex)...].dropFirst() : text[...]
        guard let bytes = Data(base64Encoded: String(encoded), options: .ignoreUnknownCharacters), !bytes.isEmpty else {
            throw InferenceError("\(place) is not base64, or is empty")
        }
        return Array(bytes)
    }
}
