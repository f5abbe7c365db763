"""Run with: pip install pytest numpy pillow && pytest"""

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
import score  # noqa: E402


def request(image, form="PNG"):
    buffer = io.BytesIO()
    image.save(buffer, form)
    return json.dumps({"image": base64.b64encode(buffer.getvalue()).decode()})


def test_a_letterbox_keeps_the_shape_and_fills_with_grey():
    canvas, scale, left, top = score.letterbox(Image.new("RGB", (200, 100), (255, 0, 0)), 64)
    assert canvas.shape == (3, 64, 64) and canvas.dtype == np.float32
    assert (scale, left, top) == (0.32, 0, 16)
    assert canvas[0, 32, 32] == 1 and canvas[1, 32, 32] == 0
    assert canvas[0, 0, 0] == pytest.approx(114 / 255)


def test_the_head_gives_corners_scores_and_classes():
    # Two columns, two classes; only the first is sure.
    output = np.array([[50, 10], [40, 10], [20, 4], [10, 4], [0.1, 0.1], [0.9, 0.2]], dtype=np.float32)
    boxes, scores, classes = score.decode(output, 0.25)
    assert boxes.tolist() == [[40, 35, 60, 45]]
    assert scores == pytest.approx([0.9]) and classes.tolist() == [1]


def test_of_overlapping_boxes_of_a_class_the_best_stays():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10], [50, 50, 60, 60]], dtype=float)
    scores, classes = np.array([0.5, 0.9, 0.8, 0.3]), np.array([0, 0, 1, 0])
    assert score.suppress(boxes, scores, classes, 0.7).tolist() == [1, 2, 3]
    assert score.suppress(boxes[:0], scores[:0], classes[:0], 0.7).size == 0


def test_a_request_holds_a_photo():
    image = score.read_image(request(Image.new("L", (3, 2))))
    assert image.mode == "RGB" and image.size == (3, 2)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"image": 5}', '{"image": "*"}', '{"image": "aGVsbG8="}'])
def test_what_is_no_request_is_refused_with_a_reason(text):
    with pytest.raises(ValueError):
        score.read_image(text)


def test_a_model_is_found_at_any_depth(tmp_path):
    with pytest.raises(FileNotFoundError):
        score.find_model(tmp_path)
    (tmp_path / "model").mkdir()
    for name in ("last.onnx", "best.onnx"):
        (tmp_path / "model" / name).touch()
    assert score.find_model(tmp_path).name == "best.onnx"


def test_detections_are_fractions_of_the_photo(monkeypatch):
    class Session:
        def run(self, _, feeds):
            assert feeds["images"].shape == (1, 3, 64, 64)
            # The middle of a 64-pixel canvas; the photo is 128 x 64, so it fills rows 16 to 48.
            return [np.array([[[32], [32], [32], [16], [0.75]]], dtype=np.float32)]

    detector = score.Detector.__new__(score.Detector)
    detector.session, detector.side, detector.names = Session(), 64, ["can"]
    detector.input = type("Input", (), {"name": "images"})
    monkeypatch.setattr(score, "detector", detector)
    (found,) = json.loads(score.run(request(Image.new("RGB", (128, 64)))))
    assert found == {"class_id": 0, "class_name": "can", "confidence": 0.75, "box_xyxyn": [0.25, 0.25, 0.75, 0.75]}
