"""Says of a photo whether the light was on."""

import base64
import json
import logging
import os
from pathlib import Path

import photos

model = None


def init():
    global model
    path = next(Path(os.environ["AZUREML_MODEL_DIR"]).rglob("model.json"))
    model = json.loads(path.read_text())
    logging.info("loaded %s", path)


def run(raw_data):
    level = photos.brightness(base64.b64decode(json.loads(raw_data)["image"]))
    print(f"scored a photo of brightness {level:.3f}")
    on = model["weight"] * level + model["bias"] > 0
    return {"light": "on" if on else "off", "brightness": round(level, 4), "deployment": os.environ["DEPLOYMENT"]}
