internal import ControlPlane
internal import Foundation
internal import Hummingbird
internal import HummingbirdTLS
internal import Logging
internal import MetadataStore
internal import NIOCore
internal import NIOSSL
package import Resources
internal import ServiceLifecycle
internal import UnixSignals

/// The composition root: opens the data folder, builds every service, mounts the façades, and runs until told to stop.
package struct MartletServer: Sendable {
    private let configuration: ServerConfiguration
    private let baseURL: String
    private let folder: DataFolder
    private let port: Int

    package init(_ configuration: ServerConfiguration) throws(Problem) {
        var configuration = configuration
        guard configuration.host == "127.0.0.1" || configuration.host == "localhost" else {
            throw Problem(
                .unsupported,
                "Martlet listens on this machine only (127.0.0.1), not on '\(configuration.host)'; reach it from elsewhere through an SSH tunnel: ssh -L 8443:127.0.0.1:8443 HOST"
            )
        }
        configuration.host = "127.0.0.1"
        port = configuration.port == 0 ? try FreePort.find(host: configuration.host) : configuration.port
        baseURL = "https://\(configuration.host):\(port)"
        folder = DataFolder(path: configuration.dataFolder)
        self.configuration = configuration
    }

    /// Serves until SIGTERM or SIGINT, then stops in order: no new requests, running ones to their end, the store last.
    /// - Parameter ready: told once, when the server answers.
    package func run(ready: @escaping @Sendable (ReadyNotice) -> Void) async throws {
        // One core is left to the workers; and the fewer event loops, the fewer requests wake a second one on their way.
        NIOSingletons.groupLoopCountSuggestion = max(1, ProcessInfo.processInfo.activeProcessorCount - 1)
        try folder.create()
        let lock = try DataFolderLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let store = try MetadataStore(path: folder.metadata, durability: configuration.durability)
        let certificates = try CertificateAuthority(folder: folder, hosts: [configuration.host, "localhost", "::1"])
        let access = try await Access(store: store, baseURL: baseURL)
        var logger = Logger(label: "martlet", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning

        let house = try await House(configuration: configuration, folder: folder, store: store, access: access, baseURL: baseURL)
        let client = ClientFile(folder: folder, baseURL: baseURL, identityHeader: access.identityHeader, workspace: configuration.workspace)
        let notice = ReadyNotice(url: baseURL, dataFolder: folder.path, clientFile: folder.clientFile)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.leafCertificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.leafKey, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        let app = Application(
            router: house.router(), server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: .init(address: .hostname(configuration.host, port: port), serverName: "Martlet"),
            onServerRunning: { _ in
                do {
                    try client.write(link: configuration.clientLink)
                } catch {
                    // It serves all the same; but without the file no client finds it, so that must be seen.
                    FileHandle.standardError.write(Data("clients cannot find this server: \(error)\n".utf8))
                }
                ready(notice)
            }, logger: logger)
        let services: [any Service] = house.engines() + [LoopBoundServer(base: app)]
        let group = ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        await house.writeLastRecords()
        try await store.checkpoint()
    }
}

/// What a person or a script needs to know once the server answers.
package struct ReadyNotice: Sendable {
    package let url: String
    package let dataFolder: String
    package let clientFile: String
}
