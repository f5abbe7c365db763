"""The OpenAPI document of a scoring script."""

import json
import os
import sys


def own_description(version):
    root = os.environ.get("AML_APP_ROOT", ".")
    for name in (["swagger.json"] if version == "2" else []) + ["swagger%s.json" % version]:
        try:
            with open(os.path.join(root, name), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            continue
    return None


def made_description(version, script):
    schemas = [{"type": "object", "example": {}}] * 2
    if script.has_schema:
        util = sys.modules["inference_schema.schema_util"]
        schemas = [util.get_input_schema(script.run), util.get_output_schema(script.run)]
    definitions = {"ServiceInput": schemas[0], "ServiceOutput": schemas[1]}
    info = {"title": os.environ.get("SERVICE_NAME", "ML service"), "version": os.environ.get("SERVICE_VERSION", "1.0")}
    prefix = os.environ.get("SERVICE_PATH_PREFIX", "").strip("/")
    path = ("/" + prefix if prefix else "") + "/score"
    if version == "2":
        reference = "#/definitions/"
        post = {
            "operationId": "RunMLService", "consumes": ["application/json"], "produces": ["application/json"],
            "parameters": [{"in": "body", "name": "serviceInputPayload", "schema": {"$ref": reference + "ServiceInput"}}],
            "responses": {"200": {"description": "The output of run()", "schema": {"$ref": reference + "ServiceOutput"}}},
        }
        return {"swagger": "2.0", "info": info, "paths": {path: {"post": post}}, "definitions": definitions}
    content = lambda name: {"application/json": {"schema": {"$ref": "#/components/schemas/" + name}}}
    post = {
        "operationId": "RunMLService", "requestBody": {"content": content("ServiceInput")},
        "responses": {"200": {"description": "The output of run()", "content": content("ServiceOutput")}},
    }
    number = "3.1.0" if version == "3.1" else "3.0.3"
    return {"openapi": number, "info": info, "paths": {path: {"post": post}}, "components": {"schemas": definitions}}
