/// What engines read of a data asset.
package struct DataProperties: Codable, Sendable, Hashable {
    /// `uri_file`, `uri_folder`, `mltable`.
    package var dataType: String
    package var dataUri: String
    package var description: String?
    package var tags: [String: String]?
}
