"""The peer's scoring script, as a good Azure ML sample would have it: Pillow decodes, NumPy letterboxes and suppresses,
ONNX Runtime runs the model."""

import io
import os

import numpy as np
import onnxruntime
from azureml_inference_server_http.api.aml_request import rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse
from PIL import Image


def init():
    global session, name, side
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count()
    session = onnxruntime.InferenceSession(os.environ["BENCH_MODEL"], options, providers=["CPUExecutionProvider"])
    name, side = session.get_inputs()[0].name, session.get_inputs()[0].shape[2]


def letterbox(image):
    scale = side / max(image.size)
    width, height = round(image.width * scale), round(image.height * scale)
    canvas = np.full((side, side, 3), 114, dtype=np.uint8)
    left, top = (side - width) // 2, (side - height) // 2
    canvas[top:top + height, left:left + width] = np.asarray(image.resize((width, height), Image.BILINEAR))
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], dtype=np.float32) / 255, scale, left, top


def suppress(boxes, scores, overlap=0.7, limit=300):
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order, kept = scores.argsort()[::-1], []
    while order.size and len(kept) < limit:
        first, rest = order[0], order[1:]
        kept.append(first)
        near = np.maximum(boxes[first, :2], boxes[rest, :2])
        far = np.minimum(boxes[first, 2:], boxes[rest, 2:])
        shared = (far - near).clip(0).prod(1)
        order = rest[shared <= overlap * (areas[first] + areas[rest] - shared)]
    return kept


@rawhttp
def run(request):
    image = Image.open(io.BytesIO(request.get_data())).convert("RGB")
    canvas, scale, left, top = letterbox(image)
    output = session.run(None, {name: canvas})[0][0]
    classes, scores = output[4:].argmax(0), output[4:].max(0)
    chosen = scores >= 0.25
    middle, extent, classes, scores = output[:2, chosen].T, output[2:4, chosen].T, classes[chosen], scores[chosen]
    boxes = np.concatenate([middle - extent / 2, middle + extent / 2], 1)
    # Boxes of different classes are moved apart, so that only those of one class suppress each other.
    kept = suppress(boxes + classes[:, None] * 10_000, scores)
    boxes = ((boxes[kept] - [left, top, left, top]) / scale / [image.width, image.height, image.width, image.height]).clip(0, 1)
    found = [
        {"class_id": int(c), "confidence": float(s), "box_xyxyn": [float(v) for v in b]}
        for c, s, b in zip(classes[kept], scores[kept], boxes)]
    return AMLResponse(found, 200, json_str=True)
