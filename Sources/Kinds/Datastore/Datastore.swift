/// What engines read of a datastore.
package struct DatastoreProperties: Codable, Sendable, Hashable {
    /// `AzureBlob`, `AzureFile`, `AzureDataLakeGen1`, `AzureDataLakeGen2`.
    package var datastoreType: String
    package var accountName: String?
    package var containerName: String?
    package var isDefault: Bool?
    package var description: String?
}
