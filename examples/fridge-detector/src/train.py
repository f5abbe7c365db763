"""Learns typical box shapes (anchors) of a set of labelled photos: a small training in plain Python.

Mini-batch k-means over widths and heights, with 1 - IoU as distance. The script reads its data from the folders it is given,
tells its progress through MLflow and writes to the output folder; nothing in it knows whether it runs on a laptop, in Azure
Machine Learning or in Martlet.
"""

import argparse
import json
import random
from pathlib import Path

import mlflow


def read_shapes(annotations_path):
    """Box sizes as fractions of their photo, from a COCO file."""
    content = json.loads(Path(annotations_path).read_text(encoding="utf-8"))
    sizes = {image["id"]: (image["width"], image["height"]) for image in content["images"]}
    shapes = []
    for annotation in content["annotations"]:
        width, height = sizes.get(annotation["image_id"], (0, 0))
        box_width, box_height = annotation["bbox"][2:4]
        if width > 0 and height > 0 and box_width > 0 and box_height > 0:
            shapes.append((box_width / width, box_height / height))
    return shapes


def overlap(a, b):
    """Intersection over union of two boxes that share a corner."""
    common = min(a[0], b[0]) * min(a[1], b[1])
    return common / (a[0] * a[1] + b[0] * b[1] - common)


def best_overlap(shape, anchors):
    return max(overlap(shape, anchor) for anchor in anchors)


def train_epoch(shapes, anchors, batch_size, learning_rate):
    """Moves every anchor towards the boxes that are most like it, one batch at a time."""
    order = random.sample(shapes, len(shapes))
    for start in range(0, len(order), batch_size):
        members = [[] for _ in anchors]
        for shape in order[start : start + batch_size]:
            nearest = max(range(len(anchors)), key=lambda index: overlap(shape, anchors[index]))
            members[nearest].append(shape)
        for index, group in enumerate(members):
            if group:
                mean = [sum(side) / len(group) for side in zip(*group)]
                anchors[index] = tuple(old + learning_rate * (new - old) for old, new in zip(anchors[index], mean))
    return anchors


def main(args):
    random.seed(args.seed)
    shapes = read_shapes(args.coco_annotations_path)
    if not shapes:
        raise SystemExit(f"{args.coco_annotations_path} has no boxes to learn from")
    photos = len(list(Path(args.image_data_path).rglob("*.*"))) if args.image_data_path else 0
    print(f"{len(shapes)} boxes, {photos} photos, {args.epochs} epochs")

    mlflow.log_params(
        {"epochs": args.epochs, "batch_size": args.batch_size, "learning_rate": args.learning_rate, "anchors": args.anchors}
    )
    anchors = [(random.uniform(0.05, 0.6), random.uniform(0.05, 0.6)) for _ in range(args.anchors)]
    for epoch in range(1, args.epochs + 1):
        anchors = train_epoch(shapes, anchors, args.batch_size, args.learning_rate)
        mean = sum(best_overlap(shape, anchors) for shape in shapes) / len(shapes)
        mlflow.log_metrics({"loss": 1 - mean, "mean_iou": mean}, step=epoch)
        print(f"epoch {epoch}/{args.epochs}  mean IoU {mean:.4f}")

    output = Path(args.model_output_path)
    output.mkdir(parents=True, exist_ok=True)
    anchors = sorted([round(side, 4) for side in anchor] for anchor in anchors)
    (output / "anchors.json").write_text(json.dumps({"anchors": anchors, "mean_iou": round(mean, 4)}) + "\n", encoding="utf-8")
    print(f"wrote {output / 'anchors.json'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--image_data_path", help="folder of the photos")
    parser.add_argument("--coco_annotations_path", required=True, help="COCO file of their boxes")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--learning_rate", type=float, default=0.2)
    parser.add_argument("--anchors", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model_output_path", default="./outputs")
    main(parser.parse_args())
