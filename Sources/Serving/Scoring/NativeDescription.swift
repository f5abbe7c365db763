internal import Resources

/// The OpenAPI document of a deployment without a scoring script: the two JSON shapes that native workers answer.
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
        let binary: JSON = ["schema": ["type": "string", "format": "binary"]]
        let post: JSON = [
            "operationId": "RunMLService", "summary": "Finds objects in a picture.",
            "requestBody": [
                "required": true,
                "content": ["application/json": ["schema": ["oneOf": [single, table]]], "image/jpeg": binary, "image/png": binary],
            ],
            "responses": [
                "200": [
                    "description": "Detections, coordinates 0 to 1: a list, for {image} in a JSON string; AutoML's boxes for input_data.",
                    "content": ["application/json": ["schema": ["oneOf": [["type": "string"], ["type": "array", "items": detection]]]]],
                ]
            ],
        ]
        return ["openapi": "3.0.3", "info": ["title": .string(endpoint), "version": "1.0"], "paths": ["/score": ["post": post]]]
    }
}
