internal import Resources

/// The OpenAPI document of a deployment without a scoring script: what native workers
/// take and answer (`Inference/Scoring`).
enum NativeDescription {
    static func document(endpoint: String) -> JSON {
        let detection: JSON = [
            "type": "object",
            "properties": [
                "class_id": ["type": "integer"], "class_name": ["type": "string"], "confidence": ["type": "number"],
                "box_xyxyn": ["type": "array", "items": ["type": "number"], "minItems": 4, "maxItems": 4],
            ],
        ]
        let single: JSON = [
            "type": "object", "required": ["image"],
            "properties": ["image": ["type": "string", "format": "byte", "description": "The picture, base64."]],
        ]
        let table: JSON = [
            "type": "object", "required": ["input_data"],
            "properties": [
                "input_data": [
                    "type": "object",
                    "properties": [
                        "columns": ["type": "array", "items": ["type": "string"], "example": ["image"]],
                        "data": ["type": "array", "items": ["type": "string", "format": "byte"]],
                    ],
                ]
            ],
        ]
        let several: JSON = [
            "type": "object", "required": ["images"],
            "properties": ["images": ["type": "array", "items": ["type": "string", "format": "byte"], "maxItems": 64]],
        ]
        let form: JSON = [
            "schema": [
                "type": "object",
                "properties": ["image": ["type": "array", "items": ["type": "string", "format": "binary"], "description": "One file a picture."]],
            ]
        ]
        let binary: JSON = ["schema": ["type": "string", "format": "binary"]]
        let post: JSON = [
            "operationId": "RunMLService", "summary": "Finds objects in pictures.", "parameters": parameters,
            "requestBody": [
                "required": true,
                "content": [
                    "application/json": ["schema": ["oneOf": [single, several, table]]], "image/jpeg": binary, "image/png": binary,
                    "multipart/form-data": form,
                ],
            ],
            "responses": [
                "200": [
                    "description": .string(
                        "Detections, coordinates 0 to 1: a list, for {image} in a JSON string; a list of lists for several pictures; "
                            + "AutoML's boxes for input_data; COCO's results in pixels, or the picture with its boxes, where asked for."),
                    "content": [
                        "application/json": ["schema": ["oneOf": [["type": "string"], ["type": "array", "items": detection]]]],
                        "image/jpeg": binary, "image/png": binary,
                    ],
                ]
            ],
        ]
        return ["openapi": "3.0.3", "info": ["title": .string(endpoint), "version": "1.0"], "paths": ["/score": ["post": post]]]
    }

    /// The same names work as fields of a JSON body or a form.
    private static var parameters: JSON {
        func parameter(_ name: String, _ schema: JSON, _ description: String) -> JSON {
            ["name": .string(name), "in": "query", "schema": schema, "description": .string(description)]
        }
        let share: JSON = ["type": "number", "minimum": 0, "maximum": 1]
        return [
            parameter(
                "format", ["type": "string", "enum": ["list", "automl", "coco", "png", "jpeg"]],
                "The shape of the answer; Accept: image/png or image/jpeg draws the boxes, too."),
            parameter("confidence", share, "Least score of a detection."),
            parameter("overlap", share, "Boxes of a class that overlap by more are one object (intersection over union)."),
            parameter("max_detections", ["type": "integer", "minimum": 1], "Most objects of a picture."),
            parameter("classes", ["type": "string"], "Only these classes: names or numbers, separated by commas."),
            parameter("imgsz", ["type": "integer"], "Side of the square that the network sees, where the model can take several."),
        ]
    }
}
