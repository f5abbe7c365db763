import Foundation

/// The pictures of a scoring request, still encoded, with what its sender wants of them.
package struct ScoringInput: Equatable {
    /// In which form the pictures came; it decides the usual shape of the answer.
    package enum Form: Equatable {
        /// `{"image": "<base64>"}`, answered by a JSON string that holds a list.
        case single
        /// `{"images": ["<base64>", …]}` or several files of a form, answered by a list of lists.
        case several
        /// Azure AutoML's `{"input_data": {"columns": ["image"], "data": ["<base64>", …]}}`, answered by a list of boxes.
        case autoML
        /// The picture's own bytes, or the one file of a form, answered by a plain list.
        case bytes
    }

    /// One picture.
    package struct Picture: Equatable {
        package var bytes: [UInt8]
        /// Where in the request it stands, for messages: `input_data.data[3]`.
        package var place: String
        /// What COCO results call it; its place counted from 1 unless the sender numbers the pictures.
        package var id: Int
    }

    package let form: Form
    package let pictures: [Picture]
    package let wishes: ScoringWishes

    /// Pictures in one request; more than this would hold a worker for minutes.
    static let pictureLimit = 64

    /// The pictures' bytes alone.
    package var images: [[UInt8]] { pictures.map(\.bytes) }

    /// Reads a request; `query` is the part of the address behind the question mark.
    /// - Throws: `InferenceError` with the sentence for the sender.
    package init(body: [UInt8], contentType: String, query: String = "", accept: String = "") throws {
        var wishes = ScoringWishes(accept: accept)
        for item in query.isEmpty ? [] : URLComponents(string: "?" + query)?.queryItems ?? [] {
            try wishes.set(item.name, to: [item.value ?? ""])
        }
        let type = contentType.lowercased()
        if type.hasPrefix("image/") || type.hasPrefix("application/octet-stream") {
            self.init(form: .bytes, pictures: [body], places: ["the request's body"], wishes: wishes)
        } else if type.hasPrefix("multipart/form-data") {
            try self.init(multipart: body, contentType: contentType, wishes: wishes)
        } else {
            try self.init(json: body, wishes: wishes)
        }
    }

    private init(form: Form, pictures: [[UInt8]], places: [String], ids: [Int]? = nil, wishes: ScoringWishes) {
        self.form = form
        self.pictures = pictures.indices.map { Picture(bytes: pictures[$0], place: places[$0], id: ids?[$0] ?? $0 + 1) }
        self.wishes = wishes
    }

    // MARK: JSON

    private init(json body: [UInt8], wishes: ScoringWishes) throws {
        guard let json = try? JSONSerialization.jsonObject(with: Data(body)), let fields = json as? [String: Any] else {
            throw InferenceError(
                "the request is not a JSON object; send {\"image\": \"<base64>\"}, or the picture's bytes with its image/* content type")
        }
        var wishes = wishes
        for (name, value) in fields where !["image", "images", "input_data"].contains(name) { try wishes.set(name, to: Self.words(value)) }
        if let text = fields["image"] as? String {
            self.init(form: .single, pictures: [try Self.decode(text, at: "image")], places: ["image"], wishes: wishes)
        } else if let value = fields["images"] ?? fields["image"] {
            let name = fields["images"] == nil ? "image" : "images"
            guard let list = value as? [Any], !list.isEmpty else {
                throw InferenceError("\(name) must be \(name == "image" ? "a base64 string, or " : "")a list of base64 strings, not empty")
            }
            try Self.check(count: list.count, at: name)
            let places = list.indices.map { "\(name)[\($0)]" }
            self.init(form: .several, pictures: try zip(list, places).map(Self.decode), places: places, wishes: wishes)
        } else if let table = fields["input_data"] {
            let rows = try Self.rows(of: table)
            let places = rows.indices.map { "input_data.data[\($0)]" }
            let ids = ((table as? [String: Any])?["index"] as? [Any])?.compactMap { $0 as? Int }
            self.init(
                form: .autoML, pictures: try zip(rows, places).map(Self.decode), places: places,
                ids: ids.flatMap { $0.count >= rows.count ? $0 : nil }, wishes: wishes)
        } else {
            throw InferenceError(
                "the request has neither image, images nor input_data; send {\"image\": \"<base64>\"} "
                    + "or {\"input_data\": {\"columns\": [\"image\"], \"data\": [\"<base64>\"]}}")
        }
    }

    private static func check(count: Int, at place: String) throws {
        guard count <= pictureLimit else {
            throw InferenceError("\(place) has \(count) pictures; at most \(pictureLimit) are scored in one request")
        }
    }

    /// A JSON value as the words of a form field.
    private static func words(_ value: Any) -> [String] {
        (value as? [Any] ?? [value]).map { $0 as? String ?? "\($0)" }
    }

    /// The cells of the `image` column: rows are lists, or bare values when it is the only column.
    private static func rows(of table: Any) throws -> [Any] {
        guard let table = table as? [String: Any], let data = table["data"] as? [Any] else {
            throw InferenceError("input_data must be an object with columns and data (a list)")
        }
        try check(count: data.count, at: "input_data.data")
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
        let encoded = text.hasPrefix("data:") ? String(text[(text.firstIndex(of: ",") ?? text.startIndex)...].dropFirst()) : text
        // Line breaks and the like are rare, and looking for them costs more than decoding.
        guard let bytes = Data(base64Encoded: encoded) ?? Data(base64Encoded: encoded, options: .ignoreUnknownCharacters), !bytes.isEmpty
        else { throw InferenceError("\(place) is not base64, or is empty") }
        return Array(bytes)
    }

    // MARK: Forms

    private init(multipart body: [UInt8], contentType: String, wishes: ScoringWishes) throws {
        let parts = try MultipartForm(body, contentType: contentType).parts
        var wishes = wishes
        for part in parts where !part.isFile { try wishes.set(part.name, to: [part.text]) }
        let files = parts.filter(\.isFile)
        guard !files.isEmpty else {
            throw InferenceError("the form has no file; send each picture as a file, such as curl -F image=@photo.jpg")
        }
        try Self.check(count: files.count, at: "the form")
        self.init(
            form: files.count == 1 ? .bytes : .several, pictures: files.map(\.content),
            places: files.enumerated().map { index, file in
                let number = files.count > 1 ? " (file \(index))" : ""
                return file.fileName.map { "the file \($0)\(number)" } ?? "the field \(file.name)\(number)"
            }, wishes: wishes)
    }
}
