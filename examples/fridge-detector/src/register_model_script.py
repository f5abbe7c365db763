"""Registers a trained model through Azure's own Python client; the alternative to register_model.sh for who has the SDK at hand."""

import argparse
import os

from azure.ai.ml import MLClient
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import Model
from azure.identity import DefaultAzureCredential


def main(args):
    # A job knows its workspace; DefaultAzureCredential finds the job's own identity.
    client = MLClient(
        DefaultAzureCredential(),
        os.environ["AZUREML_ARM_SUBSCRIPTION"],
        os.environ["AZUREML_ARM_RESOURCEGROUP"],
        os.environ["AZUREML_ARM_WORKSPACE_NAME"],
    )
    model = client.models.create_or_update(
        Model(
            name=args.model_name,
            path=args.model_input_path,
            type=AssetTypes.CUSTOM_MODEL,
            description=f"YOLOv8 detector of what is in the fridge, mAP50 {args.mAP_metric}",
            properties={"mAP50": str(args.mAP_metric), "framework": "YOLOv8"},
        )
    )
    print(f"registered {model.name}:{model.version}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model_input_path", required=True, help="folder of the model")
    parser.add_argument("--model_name", required=True)
    parser.add_argument("--mAP_metric", type=float, required=True)
    main(parser.parse_args())
