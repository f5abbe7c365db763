/// What engines read of an environment.
package struct EnvironmentProperties: Codable, Sendable, Hashable {
    package var image: String?
    /// The conda file's text.
    package var condaFile: String?
    package var build: Build?
    package var osType: String?
    package var isAnonymous: Bool?

    package struct Build: Codable, Sendable, Hashable {
        package var contextUri: String
        package var dockerfilePath: String?
    }
}
