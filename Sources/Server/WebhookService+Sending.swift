internal import ControlPlane
internal import MetadataStore
internal import OutboundHTTP
internal import Resources

extension WebhookService {
    /// With messages that really go out; only to public addresses unless `allowsNear`.
    static func sending(store: MetadataStore, folder: DataFolder, allowsNear: Bool = false) throws(Problem) -> WebhookService {
        try WebhookService(
            store: store, keyFile: folder.keys + "/webhook.key",
            check: { url in _ = try await PublicAddress(url, allowsNear: allowsNear) },
            post: { url, headers, body in
                try await OutboundMessage.post(body, headers: headers, to: PublicAddress(url, allowsNear: allowsNear))
            })
    }
}
