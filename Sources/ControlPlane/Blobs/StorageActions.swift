internal import Foundation
internal import Resources

/// The POST actions by which clients reach the bytes: secrets of a datastore, and slots for uploads.
package enum StorageActions {
    /// `baseURL` is the server's own address without a trailing slash; the links to upload to begin with it.
    package static func register(in actions: inout ActionRegistry, resources: ResourceService, blobs: BlobService, access: Access, baseURL: String) {
        actions.register("listSecrets", of: "datastores") { call in
            guard call.body["expirableSecret"]?.boolValue != false || call.principal.role == .owner else {
                throw Problem(.forbidden, "a job gets expiring secrets only; ask with expirableSecret")
            }
            let address = try await blobs.resolve(DatastorePath(datastore: call.id.name, path: ""), in: call.id.workspace)
            if call.body["expirableSecret"]?.boolValue == false { return ["secretsType": "AccountKey", "key": .string(access.accountKey)] }
            let hours = call.body["expireAfterHours"]?.doubleValue ?? 1
            return ["secretsType": "Sas", "sasToken": .string(signature(for: address.container, hours: hours, access))]
        }
        for kind in ["codes", "models", "data", "environments"] {
            actions.register("startPendingUpload", of: kind) { call in
                // A container of its own: two clients upload folders of the same name at the same time.
                let account = BlobContainer.account(of: call.id.workspace)
                let container = BlobContainer(account: account, name: containerName(call.id))
                try await blobs.ensureContainer(container)
                let url = baseURL + container.at("").urlPath()
                return [
                    "pendingUploadType": "TemporaryBlobReference", "pendingUploadId": .string(container.name),
                    "blobReferenceForConsumption": [
                        "blobUri": .string(url),
                        "storageAccountArmId": .string(
                            "/subscriptions/\(call.id.workspace.subscription)/resourceGroups/\(call.id.workspace.resourceGroup)/providers/Microsoft.Storage/storageAccounts/\(account)"
                        ),
                        "credential": ["credentialType": "SAS", "sasUri": .string(url + "?" + signature(for: container, hours: 24, access))],
                    ],
                ]
            }
        }
    }

    private static func signature(for container: BlobContainer, hours: Double, _ access: Access) -> String {
        SharedAccessSignature.containerSAS(
            account: container.account, container: container.name, permissions: "racwdl",
            expires: Date().addingTimeInterval(3600 * min(max(hours, 0.01), 24 * 7)), key: access.accountKey)
    }

    /// Container names are 3 to 63 small letters, digits and single dashes.
    private static func containerName(_ id: ResourceID) -> String {
        let text = "\(id.kind)-\(id.name)-\(id.version ?? "1")".lowercased()
        var name = ""
        for character in text {
            let isAllowed = character.isASCII && (character.isLetter || character.isNumber)
            if isAllowed { name.append(character) } else if name.last != "-" { name.append("-") }
        }
        while name.hasSuffix("-") { name.removeLast() }
        // Long names keep their end, where the random part of a generated name stands.
        return name.count <= 63 ? name : "u" + name.suffix(62)
    }
}
