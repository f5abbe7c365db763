"""`martlet-worker evaluate --protocol coco` beside pycocotools from PyPI, on sets drawn anew in each run: crowds, equal scores, whole
numbers (overlaps that hit a threshold exactly), classes without truth, images without truth or without detections. The seed is
printed; MARTLET_COMPAT_SEED repeats it."""

import contextlib
import io
import json
import os
import random
import subprocess
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from support.steps import check, check_equal, step, work_folder

WORK = work_folder("evaluation_peers")
NAMES = ["AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR_1", "AR_10", "AR_100", "AR_small", "AR_medium", "AR_large"]
SEED = int(os.environ.get("MARTLET_COMPAT_SEED", time.time_ns() % 1_000_000))


def draw_set(draw, images=25, classes=6, objects=6, crowds=0.08, whole=False, ties=False, empty_classes=1):
    number = (lambda value: float(round(value))) if whole else (lambda value: round(value, 2))
    score = (lambda: round(draw.random(), 1)) if ties else draw.random
    ids = sorted(draw.sample(range(1, 10_000), images))
    categories = draw.sample(range(1, 200), classes)
    present = categories[empty_classes:]
    truth = {
        "images": [{"id": image, "file_name": f"{image}.jpg", "width": 640, "height": 480} for image in ids],
        "categories": [{"id": category, "name": f"class {category}"} for category in categories],
        "annotations": [],
    }
    detections = []

    def detect(image, category, box):
        detections.append({"image_id": image, "category_id": category, "bbox": [number(value) for value in box], "score": score()})

    for image in ids:
        has_detections = draw.random() > 0.1
        for _ in range(0 if draw.random() < 0.1 else draw.randint(1, objects)):
            size = 2 ** draw.uniform(3, 8)
            box = [draw.uniform(0, 600), draw.uniform(0, 450), size * draw.uniform(0.5, 1.5) + 1, size * draw.uniform(0.5, 1.5) + 1]
            box = [number(value) for value in box]
            category = draw.choice(present)
            truth["annotations"].append({
                "id": len(truth["annotations"]) + 1, "image_id": image, "category_id": category, "bbox": box,
                "area": round(box[2] * box[3] * draw.uniform(0.4, 1), 3), "iscrowd": int(draw.random() < crowds)})
            for _ in range(draw.randint(0, 3) if has_detections else 0):
                spread = draw.choice([0.02, 0.1, 0.3]) * size
                moved = [draw.gauss(value, spread) for value in box]
                detect(image, category if draw.random() < 0.8 else draw.choice(present), moved[:2] + [max(1, value) for value in moved[2:]])
        for _ in range(draw.randint(0, 5) if has_detections else 0):
            detect(image, draw.choice(categories), [draw.uniform(0, 600), draw.uniform(0, 400), draw.uniform(2, 200), draw.uniform(2, 200)])
    draw.shuffle(detections)
    return truth, detections


def theirs(truth, detections):
    with contextlib.redirect_stdout(io.StringIO()):
        reference = COCO(str(truth))
        evaluation = COCOeval(reference, reference.loadRes(str(detections)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    classes = {}
    for place, category in enumerate(evaluation.params.catIds):
        def mean(values):
            values = values[values > -1]
            return float(values.mean()) if values.size else -1.0

        precision = evaluation.eval["precision"]
        classes[reference.cats[category]["name"]] = [
            mean(precision[:, :, place, 0, 2]), mean(precision[0, :, place, 0, 2]), mean(precision[5, :, place, 0, 2]),
            mean(precision[:, :, place, 1, 2]), mean(precision[:, :, place, 2, 2]), mean(precision[:, :, place, 3, 2]),
            mean(evaluation.eval["recall"][:, place, 0, 2])]
    return dict(zip(NAMES, map(float, evaluation.stats))), classes


def ours(truth, detections):
    result = subprocess.run(
        ["martlet-worker", "evaluate", "--truth", truth, "--detections", detections, "--protocol", "coco", "-o", "json"],
        capture_output=True, text=True, timeout=120)
    check(result.returncode == 0, f"martlet-worker evaluate: {result.stderr}")
    report = json.loads(result.stdout)["report"]
    keys = ["ap", "ap50", "ap75", "small", "medium", "large", "recall"]
    return report["named"], {score["name"]: [score[key] for key in keys] for score in report["perClass"]}


def compare(name, draw, **options):
    with step(f"{name}, seed {SEED}"):
        truth, detections = WORK / "truth.json", WORK / "detections.json"
        for path, content in zip((truth, detections), draw_set(draw, **options)):
            path.write_text(json.dumps(content))
        (numbers, classes), (own_numbers, own_classes) = theirs(truth, detections), ours(truth, detections)
        check_equal(sorted(own_numbers), sorted(numbers), "the names of the numbers")
        check_equal(sorted(own_classes), sorted(classes), "the classes")
        pairs = [(key, own_numbers[key], numbers[key]) for key in numbers]
        pairs += [(key, *values) for key in classes for values in zip(own_classes[key], classes[key])]
        worst = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
        check(abs(worst[1] - worst[2]) < 1e-6, f"{worst[0]}: {worst[1]} is not {worst[2]}")


draw = random.Random(SEED)
for _ in range(3):
    compare("ordinary", draw)
    compare("equal scores and whole numbers", draw, ties=True, whole=True)
    compare("crowds", draw, crowds=0.3, objects=15)
    compare("classes without truth", draw, empty_classes=3)
    compare("few crowded images", draw, images=3, objects=60, classes=2, empty_classes=0, ties=True)
