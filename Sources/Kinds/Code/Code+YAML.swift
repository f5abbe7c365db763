extension CodeAsset {
    package static var face: Union {
        Union(
            by: "$kind", default: "code",
            [
                "code": Shape(
                    "A folder of source code.",
                    fields: Field.asset() + [
                        Field("path", .path(.code), "properties.codeUri", required: true, "The folder.")
                    ])
            ])
    }
}
