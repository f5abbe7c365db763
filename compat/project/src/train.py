"""Learns from photos when the light is on. Logs through MLflow and writes the model into its output folder."""

import argparse
import json
import math
import os
from pathlib import Path

import mlflow
from mlflow.models import Model

import photos


def main(args):
    labels = json.loads(Path(args.annotations).read_text())
    examples = [(photos.brightness((Path(args.images) / name).read_bytes()), float(on)) for name, on in labels.items()]
    print(f"{len(examples)} photos from {args.images}")
    weight, bias = 0.0, 0.0
    with mlflow.start_run() as run:
        print(f"run {run.info.run_id} of job {os.environ['AZUREML_RUN_ID']}")
        mlflow.log_params({"epochs": args.epochs, "learning_rate": args.learning_rate})
        for epoch in range(args.epochs):
            loss, right = 0.0, 0
            for level, on in examples:
                guess = 1 / (1 + math.exp(-(weight * level + bias)))
                loss -= math.log(max(1e-9, guess if on else 1 - guess))
                right += (guess > 0.5) == bool(on)
                weight -= args.learning_rate * (guess - on) * level
                bias -= args.learning_rate * (guess - on)
            mlflow.log_metric("loss", loss / len(examples), step=epoch)
            mlflow.log_metric("accuracy", right / len(examples), step=epoch)
            print(f"epoch {epoch + 1}/{args.epochs} loss {loss / len(examples):.4f}", flush=True)
        folder = Path(args.model_output)
        folder.mkdir(parents=True, exist_ok=True)
        model = folder / "model.json"
        model.write_text(json.dumps({"weight": weight, "bias": bias}))
        # A model in MLflow's own form beside it: what mlflow.register_model asks for.
        Model(artifact_path="model", run_id=run.info.run_id, flavors={"light": {"data": "model.json"}}).save(folder / "MLmodel")
        mlflow.log_artifacts(folder, "model")
    print(f"trained; the model is in {folder}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True)
    parser.add_argument("--annotations", required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--learning_rate", type=float, default=2.0)
    parser.add_argument("--model_output", required=True)
    main(parser.parse_args())
