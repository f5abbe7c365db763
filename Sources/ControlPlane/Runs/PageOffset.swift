internal import Foundation
package import Resources

/// The token of a next page: an offset, opaque to clients. The token of one search is meaningless in another.
package enum PageOffset {
    package static func token(_ offset: Int) -> String {
        Data(JSON.object(["offset": .integer(Int64(offset))]).bytes()).base64EncodedString()
    }

    package static func offset(of token: String?) throws(Problem) -> Int {
        guard let token, !token.isEmpty else { return 0 }
        guard let data = Data(base64Encoded: token), let json = try? JSON(parsing: data), let offset = json["offset"]?.integerValue,
            0...Int64(Int32.max) ~= offset
        else { throw Problem(.invalidInput, "Invalid page token: it is not one of this search", target: "page_token") }
        return Int(offset)
    }

    /// A page cut from one item more than asked for.
    static func page<T: Sendable>(_ items: [T], limit: Int, offset: Int) -> Page<T> {
        items.count > limit ? Page(items: Array(items.prefix(limit)), nextToken: token(offset + limit)) : Page(items: items)
    }

    /// Checks `max_results`.
    static func limit(_ limit: Int?, standard: Int, maximum: Int) throws(Problem) -> Int {
        let limit = limit ?? standard
        guard limit > 0 else {
            throw Problem(
                .invalidInput, "Invalid value for request parameter max_results. It must be a positive integer, but got value \(limit)",
                target: "max_results")
        }
        guard limit <= maximum else {
            throw Problem(
                .invalidInput, "Invalid value for request parameter max_results. It must be at most \(maximum), but got value \(limit)",
                target: "max_results")
        }
        return limit
    }
}
