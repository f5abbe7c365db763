import Resources

extension Datastore {
    package static var face: Union {
        Union(
            by: "type",
            [
                "azure_blob": shape(
                    "Blobs in a container.", "AzureBlob",
                    [
                        Field("account_name", .text, "properties.accountName", "Account; Martlet's own is used when absent."),
                        Field("container_name", .text, "properties.containerName", required: true, "Container of the blobs."),
                        Field("endpoint", .text, "properties.endpoint", "Suffix of the storage host."),
                        Field("protocol", .choice(["https", "wasbs"]), "properties.protocol", default: "https", "How to reach it."),
                    ]),
                "azure_file": shape(
                    "Files of a share.", "AzureFile",
                    [
                        Field("account_name", .text, "properties.accountName", required: true, "Account of the share."),
                        Field("file_share_name", .text, "properties.fileShareName", required: true, "The share."),
                        Field("endpoint", .text, "properties.endpoint", "Suffix of the storage host."),
                        Field("protocol", .text, "properties.protocol", default: "https", "How to reach it."),
                    ]),
                "azure_data_lake_gen2": shape(
                    "A file system of a data lake.", "AzureDataLakeGen2",
                    [
                        Field("account_name", .text, "properties.accountName", required: true, "Account of the lake."),
                        Field("filesystem", .text, "properties.filesystem", required: true, "The file system."),
                        Field("endpoint", .text, "properties.endpoint", "Suffix of the storage host."),
                        Field("protocol", .text, "properties.protocol", default: "https", "How to reach it."),
                    ]),
                "azure_data_lake_gen1": shape(
                    "A store of the first data lake.", "AzureDataLakeGen1",
                    [
                        Field("store_name", .text, "properties.storeName", required: true, "The store.")
                    ]),
            ])
    }

    private static func shape(_ doc: String, _ type: String, _ fields: [Field]) -> Shape {
        Shape(
            doc, constants: ["properties.datastoreType": .string(type)],
            fields: [
                .name(.assetName, required: true, "Name of the datastore."),
                .dropped("type", "Kind of storage."),
                Field("description", .string, "properties.description", "What it holds."),
                Field("tags", .textMap, "properties.tags", "Free labels."),
                Field("properties", .textMap, "properties.properties", "Free facts."),
                Field("credentials", .custom(credentials), "properties.credentials", "How to sign in; never printed."),
                .readOnly("is_default", "properties.isDefault", .boolean),
            ] + fields + Field.common)
    }

    /// Which secret it is follows from the keys, as in Azure.
    private static let credentials = CustomType(
        schema: ["type": "object"],
        read: { node, reading, place in
            let spellings: [(key: String, type: String, secret: String)] = [
                ("account_key", "AccountKey", "key"), ("sas_token", "Sas", "sasToken"),
                ("client_secret", "ServicePrincipal", "clientSecret"),
                ("certificate", "Certificate", "certificate"),
            ]
            guard node.entries != nil else {
                reading.mismatch(node, place, must: "a mapping with account_key, sas_token or client_secret")
                return nil
            }
            guard let spelling = spellings.first(where: { node[$0.key]?.text != nil }) else { return ["credentialsType": "None"] }
            var credentials: JSON = [
                "credentialsType": .string(spelling.type),
                "secrets": ["secretsType": .string(spelling.type), spelling.secret: JSON(node[spelling.key]?.text)],
            ]
            for (key, arm) in [
                ("tenant_id", "tenantId"), ("client_id", "clientId"), ("authority_url", "authorityUrl"), ("resource_url", "resourceUrl"),
                ("thumbprint", "thumbprint"),
            ] {
                if let text = node[key]?.text { credentials[arm] = .string(text) }
            }
            return credentials
        },
        print: { _, _ in nil })
}
