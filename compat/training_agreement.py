"""The detector's mathematics and files beside a real Ultralytics: the same weights and the same batch, made by a formula that
the Swift tests share, so that no weight file travels; and .pt files of every size, read by `martlet-worker export`.

    compat/run training_agreement        compares Ultralytics with the numbers that the Swift tests are held to
    compat/training_agreement.py --write writes those numbers (Tests/DetectorTrainingTests/Fixtures/agreement.json)

ULTRALYTICS_PYTHON names an interpreter that has `ultralytics` and `torch`; without one, and without them here, this is skipped.
Ultralytics is only run, as its user would; nothing of it is kept but numbers.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "Tests/DetectorTrainingTests/Fixtures/agreement.json"
SIDE, CLASSES, PICTURES, SEED = 128, 3, 4, 11
# Class, centre and size in pixels. Ties of place, tiny and huge objects, objects over the same cells, a picture without any.
OBJECTS = [
    [(0, 40, 40, 50, 30), (1, 44, 44, 30, 50), (2, 100, 90, 20, 20)],
    [(1, 64, 64, 120, 110), (1, 20, 100, 6, 5), (0, 90, 30, 14, 40)],
    [],
    [(2, 30, 60, 24, 24), (2, 34, 62, 24, 24), (0, 110, 110, 30, 30), (1, 64, 12, 100, 12), (0, 70, 70, 3, 3)],
]
GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def interpreter():
    """This interpreter when it has Ultralytics, else the one that the environment names."""
    try:
        import ultralytics  # noqa: F401

        return None
    except ImportError:
        pass
    other = os.environ.get("ULTRALYTICS_PYTHON")
    if other and subprocess.run([other, "-c", "import ultralytics, torch"], capture_output=True).returncode == 0:
        return other
    print("    skipped: there is no Ultralytics here; `pip install ultralytics` into a virtual environment and name its python in ULTRALYTICS_PYTHON")
    sys.exit(77)


def mix(np, value):
    """SplitMix64's output for a state (array or number)."""
    value = np.asarray(value, dtype=np.uint64)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def numbers(np, count, *path):
    """`count` numbers of RandomSource(seed: SEED, path: ...): the same as in DetectorTraining/RandomSource.swift."""
    state = SEED
    for step in path:
        state = int(mix(np, (state + GOLDEN) & MASK)) ^ step
    places = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN) + np.uint64(state)
    return mix(np, places)


def unit(np, count, *path):
    """The same, from -1 to 1."""
    return -1 + 2 * ((numbers(np, count, *path) >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def name_hash(name):
    """FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def weights(np, name, shape):
    count = int(np.prod(shape))
    values = unit(np, count, name_hash(name))
    if name.endswith("running_var"):
        values = 1 + 0.5 * values
    elif name.endswith("bn.weight"):
        values = 1 + 0.2 * values
    elif len(shape) == 4:
        values = values * (6 / (count // shape[0])) ** 0.5
    else:
        values = 0.3 * values - (5 if ".cv3." in name and name.endswith(".2.bias") else 0)
    return values.astype(np.float32).reshape(shape)


def measure():
    """What Ultralytics makes of the formula's weights and batch."""
    os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.mkdtemp())
    import numpy as np
    import torch
    from ultralytics import YOLO, __version__
    from ultralytics.cfg import get_cfg

    np.seterr(over="ignore")
    torch.set_num_threads(1)
    model = YOLO("yolov8n.yaml").model
    from ultralytics.nn.tasks import DetectionModel

    model = DetectionModel("yolov8n.yaml", nc=CLASSES, verbose=False)
    state = model.state_dict()
    for name, tensor in state.items():
        if "num_batches_tracked" in name or ".dfl." in name:
            continue
        state[name] = torch.from_numpy(weights(np, name, tuple(tensor.shape)))
    model.load_state_dict(state)
    model.args = get_cfg()

    pixels = (numbers(np, PICTURES * SIDE * SIDE * 3, 77) >> np.uint64(56)).astype(np.uint8)
    images = torch.from_numpy(pixels.reshape(PICTURES, SIDE, SIDE, 3)).permute(0, 3, 1, 2).float() / 255
    flat = [(picture, *object) for picture, own in enumerate(OBJECTS) for object in own]
    table = torch.tensor(flat, dtype=torch.float32)
    batch = {"img": images, "batch_idx": table[:, 0], "cls": table[:, 1:2], "bboxes": table[:, 2:] / SIDE}

    model.eval()
    with torch.no_grad():
        output = model(images)
    output = (output[0] if isinstance(output, tuple) else output).numpy()
    places = numbers(np, 400, 78) % np.uint64(output.size)

    for parameter in model.parameters():
        parameter.requires_grad_(True)
    for name, parameter in model.named_parameters():
        if ".dfl." in name:
            parameter.requires_grad_(False)
    model.train()
    total, parts = model.loss(batch)
    total.sum().backward()
    norm = torch.linalg.vector_norm(torch.stack([p.grad.norm() for p in model.parameters() if p.grad is not None]))
    parts = dict(parts) if isinstance(parts, dict) else dict(zip(["box", "cls", "dfl"], parts.tolist()))
    return {
        "ultralytics": __version__,
        "side": SIDE, "classes": CLASSES, "seed": SEED,
        "objects": [[list(o) for o in own] for own in OBJECTS],
        "outputShape": list(output.shape),
        "outputRange": [float(output.min()), float(output.max())],
        "outputPlaces": [int(p) for p in places],
        "output": [float(v) for v in output.reshape(-1)[places.astype(np.int64)]],
        "losses": {key: float(value) for key, value in parts.items()},
        "total": float(total.detach().sum()),
        "gradientNorm": float(norm),
    }


def close(what, found, wanted, tolerance):
    if abs(found - wanted) > tolerance:
        raise AssertionError(f"{what}: Ultralytics gives {found}, the fixture says {wanted}")


def compare(found, wanted):
    reach = wanted["outputRange"][1] - wanted["outputRange"][0]
    for index, (a, b) in enumerate(zip(found["output"], wanted["output"])):
        close(f"output {index}", a, b, 1e-3 * reach)
    print("    ok the evaluated output agrees")
    for key, value in wanted["losses"].items():
        close(f"loss {key}", found["losses"][key], value, 1e-3 * abs(value))
    close("total", found["total"], wanted["total"], 1e-3 * abs(wanted["total"]))
    print("    ok the three losses agree")
    close("gradient norm", found["gradientNorm"], wanted["gradientNorm"], 1e-3 * wanted["gradientNorm"])
    print("    ok the length of the gradient agrees")


def safetensors(np, path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    types = {"F32": "<f4", "I64": "<i8"}
    return {name: np.frombuffer(data[8 + length + entry["data_offsets"][0] : 8 + length + entry["data_offsets"][1]], dtype=types[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items()}


def files():
    """Files as Ultralytics saves them through our reader: every number, the names, and the .onnx in Ultralytics again."""
    import numpy as np
    import torch
    from ultralytics import YOLO

    folder = Path(tempfile.mkdtemp())
    for size in "nsmlx":
        model = YOLO(f"yolov8{size}.yaml", verbose=False)
        model.model.names = {index: f"thing {index}" for index in range(80)}
        model.save(folder / f"{size}.pt")
        done = subprocess.run(["martlet-worker", "export", folder / f"{size}.pt", "--output", folder / "out", "--imgsz", "64"], capture_output=True, text=True)
        if "no tensor engine" in done.stderr:
            print("    skipped: martlet-worker has no tensor engine to export with; `make setup-engine`")
            return
        assert done.returncode == 0, done.stderr
        ours = safetensors(np, folder / f"out/{size}.safetensors")
        # The file holds half precision, so that is what both read.
        theirs = torch.load(folder / f"{size}.pt", weights_only=False)["model"].float().state_dict()
        compared = [name for name in theirs if "num_batches_tracked" not in name]
        wrong = [name for name in compared if not np.array_equal(ours[name], theirs[name].numpy())]
        assert not wrong, f"yolov8{size}: {wrong[:5]}"
        assert json.loads((folder / f"out/{size}.json").read_text())["names"][7] == "thing 7"
        print(f"    ok yolov8{size}.pt: {len(compared)} tensors equal to the last bit")
    YOLO("yolo11n.yaml", verbose=False).save(folder / "eleven.pt")
    done = subprocess.run(["martlet-worker", "export", folder / "eleven.pt"], capture_output=True, text=True)
    assert done.returncode != 0 and "yolo export model=eleven.pt format=onnx" in done.stderr, done.stderr
    print("    ok a YOLO11 file is refused with the command that exports it")
    try:
        import onnx
        import onnxruntime
    except ImportError:
        print("    skipped: onnx and onnxruntime are not installed beside Ultralytics, so the .onnx is not run")
        return
    onnx.checker.check_model(onnx.load(folder / "out/n.onnx"), full_check=True)
    image = unit(np, 3 * 64 * 64, 5).astype(np.float32).reshape(1, 3, 64, 64)
    found = onnxruntime.InferenceSession(str(folder / "out/n.onnx")).run(None, {"images": image})[0]
    model = torch.load(folder / "n.pt", weights_only=False)["model"].float().eval()
    with torch.no_grad():
        wanted = model(torch.from_numpy(image))
    wanted = (wanted[0] if isinstance(wanted, tuple) else wanted).numpy()
    assert np.abs(found - wanted).max() < 1e-3 * (wanted.max() - wanted.min()), np.abs(found - wanted).max()
    assert YOLO(folder / "out/n.onnx", task="detect").names[7] == "thing 7"
    print("    ok the .onnx passes onnx.checker, gives the same output in onnxruntime, and Ultralytics takes its names from it")


if __name__ == "__main__":
    other = interpreter()
    if other:
        os.execv(other, [other, __file__, *sys.argv[1:]])
    result = measure()
    if "--write" in sys.argv:
        FIXTURE.parent.mkdir(exist_ok=True)
        FIXTURE.write_text(json.dumps(result, indent=1) + "\n")
    compare(result, json.loads(FIXTURE.read_text()))
    if shutil.which("martlet-worker"):
        files()
    else:
        print("    skipped: there is no martlet-worker on the PATH to read .pt files with")
