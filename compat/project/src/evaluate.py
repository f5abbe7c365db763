"""How often a model is right; the report goes into the output folder and the figure to MLflow."""

import argparse
import json
from pathlib import Path

import mlflow

import photos


def main(args):
    model = json.loads((Path(args.model) / "model.json").read_text())
    labels = json.loads(Path(args.annotations).read_text())
    right = sum(
        (model["weight"] * photos.brightness((Path(args.images) / name).read_bytes()) + model["bias"] > 0) == bool(on)
        for name, on in labels.items()
    )
    accuracy = right / len(labels)
    with mlflow.start_run():
        mlflow.log_metric("accuracy", accuracy)
    report = Path(args.report)
    report.mkdir(parents=True, exist_ok=True)
    (report / "metrics.json").write_text(json.dumps({"accuracy": accuracy}))
    print(f"accuracy {accuracy}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ["model", "images", "annotations", "report"]:
        parser.add_argument(f"--{name}", required=True)
    main(parser.parse_args())
