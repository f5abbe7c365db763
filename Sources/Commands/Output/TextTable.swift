/// A table of text with a rule under its headings, columns two spaces apart.
struct TextTable {
    struct Cell {
        let heading: String
        let text: String
    }

    private let headings: [String]
    private let rows: [[String]]

    /// Columns appear in the order in which rows first name them.
    init(_ rows: [[Cell]]) {
        var headings: [String] = []
        for cell in rows.joined() where !headings.contains(cell.heading) { headings.append(cell.heading) }
        self.headings = headings
        self.rows = rows.map { row in
            headings.map { heading in Self.singleLine(row.first { $0.heading == heading }?.text ?? "") }
        }
    }

    func text() -> String {
        if headings.isEmpty { return "" }
        let widths = headings.indices.map { column in
            rows.map { Self.width($0[column]) }.reduce(Self.width(headings[column]), max)
        }
        func line(_ cells: [String]) -> String {
            var line = ""
            for (cell, width) in zip(cells, widths) {
                if !line.isEmpty { line += "  " }
                line += cell + String(repeating: " ", count: width - Self.width(cell))
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        return line(headings) + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n" + rows.map(line).joined()
    }

    private static func singleLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }

    /// Columns on a terminal: East Asian wide characters take two.
    private static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            let value = character.unicodeScalars.first?.value ?? 0
            let isWide =
                0x1100...0x115F ~= value || 0x2E80...0xA4CF ~= value || 0xAC00...0xD7A3 ~= value || 0xF900...0xFAFF ~= value
                || 0xFE30...0xFE6F ~= value || 0xFF00...0xFF60 ~= value || 0x1F300...0x1FAFF ~= value || 0x20000...0x3FFFD ~= value
            return sum + (isWide ? 2 : 1)
        }
    }
}
