"""Answers scoring requests with a detector in ONNX form.

Request  {"image": "<base64 of a JPEG or PNG>"}
Response a JSON string that holds a list of {"class_id", "class_name", "confidence", "box_xyxyn"}; boxes are left, top, right,
bottom as fractions of the photo.
"""

import ast
import base64
import io
import json
import logging
import os
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

CONFIDENCE = float(os.getenv("SCORE_CONFIDENCE", "0.25"))
OVERLAP = 0.7
MAX_DETECTIONS = 300
GREY = 114

detector = None


class Detector:
    """A YOLOv8 network and what its file says about itself."""

    def __init__(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread for each request: requests side by side are faster than one request on all cores.
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0]
        self.side = int(self.input.shape[2])
        names = ast.literal_eval(self.session.get_modelmeta().custom_metadata_map["names"])
        self.names = names if isinstance(names, list) else [names[index] for index in sorted(names)]

    def detect(self, image):
        canvas, scale, left, top = letterbox(image, self.side)
        (output,) = self.session.run(None, {self.input.name: canvas[np.newaxis]})
        boxes, scores, classes = decode(output[0], CONFIDENCE)
        kept = suppress(boxes, scores, classes, OVERLAP)[:MAX_DETECTIONS]
        boxes = (boxes[kept] - [left, top, left, top]) / scale / [image.width, image.height, image.width, image.height]
        return [
            {
                "class_id": int(category),
                "class_name": self.names[int(category)],
                "confidence": round(float(score), 6),
                "box_xyxyn": [round(float(side), 6) for side in np.clip(box, 0, 1)],
            }
            for box, score, category in zip(boxes, scores[kept], classes[kept])
        ]


def letterbox(image, side):
    """The photo in the middle of a grey square: planes of numbers from 0 to 1, the scale, and where the photo begins."""
    scale = min(side / image.width, side / image.height)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    left, top = (side - width) // 2, (side - height) // 2
    canvas = Image.new("RGB", (side, side), (GREY, GREY, GREY))
    canvas.paste(image.resize((width, height), Image.BILINEAR), (left, top))
    planes = np.asarray(canvas, dtype=np.float32).transpose(2, 0, 1) / 255
    return np.ascontiguousarray(planes), scale, left, top


def decode(output, confidence):
    """Corners, scores and classes of what the head is sure of. A column holds x, y, width, height and a score for each class."""
    classes = output[4:].argmax(axis=0)
    scores = output[4:].max(axis=0)
    sure = scores >= confidence
    middle, half = output[:2, sure].T, output[2:4, sure].T / 2
    return np.concatenate([middle - half, middle + half], axis=1), scores[sure], classes[sure]


def suppress(boxes, scores, classes, overlap):
    """Places of the boxes to keep, the surest first: of boxes of a class that overlap too much only the best stays."""
    areas = (boxes[:, 2:] - boxes[:, :2]).clip(min=0).prod(axis=1)
    order = np.argsort(-scores, kind="stable")
    kept = []
    while order.size:
        best, order = order[0], order[1:]
        kept.append(best)
        sides = np.minimum(boxes[best, 2:], boxes[order, 2:]) - np.maximum(boxes[best, :2], boxes[order, :2])
        common = sides.clip(min=0).prod(axis=1)
        union = areas[best] + areas[order] - common
        order = order[(classes[order] != classes[best]) | (common <= overlap * union)]
    return np.array(kept, dtype=int)


def read_image(raw_data):
    """The photo of a request; ValueError says what is wrong with it."""
    try:
        content = json.loads(raw_data)
    except ValueError:
        raise ValueError("the request is not JSON") from None
    if not isinstance(content, dict) or not isinstance(content.get("image"), str):
        raise ValueError('the request must be {"image": "<base64>"}')
    try:
        return Image.open(io.BytesIO(base64.b64decode(content["image"], validate=True))).convert("RGB")
    except (ValueError, UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise ValueError("image is not the base64 of a JPEG or PNG") from None


def find_model(folder):
    """best.onnx, at any depth: a model may be a file or a folder."""
    found = sorted(Path(folder).rglob("best.onnx")) or sorted(Path(folder).rglob("*.onnx"))
    if not found:
        raise FileNotFoundError(f"there is no .onnx file in {folder}")
    return found[0]


def init():
    """Called once, before the first request."""
    global detector
    path = find_model(os.getenv("AZUREML_MODEL_DIR", "."))
    detector = Detector(path)
    logging.info("loaded %s: %d classes, %d pixels", path, len(detector.names), detector.side)


def run(raw_data):
    """Called for every request."""
    try:
        image = read_image(raw_data)
    except ValueError as error:
        return refusal(str(error))
    detections = detector.detect(image)
    logging.info("%d objects in %dx%d pixels", len(detections), image.width, image.height)
    return json.dumps(detections)


def refusal(message):
    """The inference server turns this into status 400; a plain tuple would arrive as status 200."""
    from azureml_inference_server_http.api.aml_response import AMLResponse

    return AMLResponse({"error": message}, 400, json_str=True)
