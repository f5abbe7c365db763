#!/usr/bin/env python3
"""Training beside Ultralytics: the same images, split, epochs, size, batch and cores, one after the other in one run.

    benchmarks/training.py                              the fridge set of ../shared/data (or drawn scenes), 3 epochs, one seed
    benchmarks/training.py --epochs 36 --seeds 0 1 2    the long comparison (hours on two cores)
    benchmarks/training.py --data PATH                  a folder with images/ and labels/ in YOLO form, and classes.txt
    benchmarks/training.py --ours-only

Ultralytics is taken from the interpreter in ULTRALYTICS_PYTHON, or else installed from PyPI into .venv-ultralytics (2.5 GB).
MARTLET_BIN is the folder of our programs (default .build/release). Prints a table, and per epoch seconds and precision of both; the
final precision of both is measured by `martlet-worker evaluate` with the same protocol on the same images.
"""
import argparse
import csv
import hashlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKER = pathlib.Path(os.environ.get("MARTLET_BIN", ROOT / ".build/release")) / "martlet-worker"
FRIDGE = ROOT.parent / "shared/data/odfridge"
THEIRS = """
import json, sys, time
options, out = json.loads(sys.argv[1]), sys.argv[2]
import torch
torch.set_num_threads(options.pop("threads"))
from ultralytics import YOLO
marks = []
model = YOLO(options.pop("model"))
mark = lambda name: lambda trainer: marks.append((name, time.time()))
for event in ["on_train_start", "on_train_epoch_start", "on_train_batch_end", "on_train_epoch_end", "on_fit_epoch_end"]:
    model.add_callback(event, mark(event))
model.train(**options)
json.dump(marks, open(out, "w"))
"""


def note(text):
    print(f"training: {text}", file=sys.stderr, flush=True)


def their_python():
    named = os.environ.get("ULTRALYTICS_PYTHON")
    python = pathlib.Path(named) if named else ROOT / ".venv-ultralytics/bin/python"
    if not python.exists() and not named:
        note("installing ultralytics from PyPI into .venv-ultralytics")
        made = subprocess.run([sys.executable, "-m", "venv", python.parent.parent]).returncode
        if made or subprocess.run([python, "-m", "pip", "install", "-q", "ultralytics"]).returncode:
            return None
    works = subprocess.run([python, "-c", "import ultralytics, torch"], capture_output=True, stdin=subprocess.DEVNULL)
    return python if works.returncode == 0 else None


def scenes(work):
    """Drawn scenes in YOLO form, where there is no real set."""
    subprocess.run([WORKER, "scenes", "--count", "96", "--seed", "7", "--output", work / "scenes"], check=True, capture_output=True)
    names, folder = [], work / "drawn"
    (folder / "labels").mkdir(parents=True)
    (folder / "images").symlink_to(work / "scenes/images")
    for file in sorted((work / "scenes/annotations").glob("*.xml")):
        tree = ElementTree.parse(file)
        width, height = (float(tree.findtext(f"size/{side}")) for side in ["width", "height"])
        lines = []
        for item in tree.iter("object"):
            if item.findtext("name") not in names:
                names.append(item.findtext("name"))
            x1, y1, x2, y2 = (float(item.findtext(f"bndbox/{edge}")) for edge in ["xmin", "ymin", "xmax", "ymax"])
            centre = [(x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height]
            lines.append(f"{names.index(item.findtext('name'))} " + " ".join(f"{value:.6f}" for value in centre))
        (folder / "labels" / (file.stem + ".txt")).write_text("\n".join(lines) + "\n")
    (folder / "classes.txt").write_text("\n".join(names) + "\n")
    return folder


def prepare(source, work):
    """The set with its own split as links, and the data.yaml that both read; a fifth is held out, by the hash of its name."""
    images = sorted(path for path in (source / "images").iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    by_hash = sorted(images, key=lambda path: hashlib.sha1(path.name.encode()).digest())
    held_out = {path.name for path in by_hash[: max(1, len(images) // 5)]}
    for path in images:
        part = "val" if path.name in held_out else "train"
        for kind, file in [("images", path), ("labels", source / "labels" / (path.stem + ".txt"))]:
            target = work / "set" / kind / part / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.exists():
                target.symlink_to(file.resolve())
    names = (source / "classes.txt").read_text().split("\n")
    listed = "".join(f"  {index}: {name.strip()}\n" for index, name in enumerate(name for name in names if name.strip()))
    file = work / "set/data.yaml"
    file.write_text(f"path: {work / 'set'}\ntrain: images/train\nval: images/val\nnames:\n{listed}")
    note(f"{len(images) - len(held_out)} images to train on, {len(held_out)} held out, from {source}")
    return file


def timed(command, log, environment):
    """Runs to the end; seconds, and the largest resident size of the process or one of its children in MB."""
    started = time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **environment})
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed:\n" + pathlib.Path(log).read_text(errors="replace")[-2000:])
    return time.monotonic() - started, usage.ru_maxrss / 1024


def rows(path):
    with open(path) as file:
        return [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]


def precision(model, data):
    text = subprocess.run(
        [WORKER, "evaluate", "--model", model, "--data", data.parent / "held-out", "--engine", "native", "--output", model.parent],
        capture_output=True, text=True, env={**os.environ, "MLFLOW_TRACKING_URI": ""})
    found = model.parent / "metrics.json"
    if text.returncode or not found.exists():
        note(f"{model} could not be measured: {text.stderr[-300:]}")
        return None
    report = json.loads(found.read_text())
    return {"mAP50": report.get("at50"), "mAP50-95": report.get("meanAveragePrecision")}


def ours(data, options, seed, work):
    out = work / f"ours-{seed}"
    words = {"epochs": options.epochs, "imgsz": options.imgsz, "batch": options.batch, "seed": seed, "threads": options.threads,
             "model": options.model, "device": "cpu", **dict(word.split("=", 1) for word in options.set)}
    command = [WORKER, "train", "--data", data, "--output", out, *(f"{key}={value}" for key, value in words.items())]
    seconds, memory = timed(command, work / f"ours-{seed}.log", {"MLFLOW_TRACKING_URI": ""})
    table = rows(out / "results.csv")
    epochs = [{"seconds": float(row["seconds"]), "mAP50": float(row["mAP50(coco)"] or 0), "mAP50-95": float(row["mAP50-95(coco)"] or 0)}
              for row in table]
    steps = [options.batch / float(row["images_per_second"]) for row in table]
    return {"name": "Martlet", "seconds": seconds, "memory": memory, "step": steps, "epochs": epochs, "model": out / "best.safetensors"}


def theirs(python, data, options, seed, work):
    marks = work / f"theirs-{seed}.json"
    arguments = {"data": str(data), "epochs": options.epochs, "imgsz": options.imgsz, "batch": options.batch, "seed": seed,
                 "model": f"{options.model}.yaml", "device": "cpu", "pretrained": False, "plots": False, "project": str(work),
                 "name": f"theirs-{seed}", "threads": options.threads, "workers": options.workers, "exist_ok": True}
    environment = {"YOLO_CONFIG_DIR": str(work), "OMP_NUM_THREADS": str(options.threads)}
    seconds, memory = timed([python, "-c", THEIRS, json.dumps(arguments), marks], work / f"theirs-{seed}.log", environment)
    table = rows(work / f"theirs-{seed}/results.csv")
    epochs = [{"seconds": float(row["time"]), "mAP50": float(row["metrics/mAP50(B)"]), "mAP50-95": float(row["metrics/mAP50-95(B)"])}
              for row in table]
    steps, started, count = [], None, 0
    for event, moment in json.loads(marks.read_text()):
        if event == "on_train_epoch_start":
            started, count = moment, 0
        elif event == "on_train_batch_end":
            count += 1
        elif event == "on_train_epoch_end" and count:
            images = sum(1 for _ in (data.parent / "images/train").iterdir())
            steps.append((moment - started) * options.batch / images)
    return {"name": "Ultralytics", "seconds": seconds, "memory": memory, "step": steps, "epochs": epochs,
            "model": work / f"theirs-{seed}/weights/best.pt"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--model", default="yolov8n")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--imgsz", type=int, default=320)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--workers", type=int, default=2, help="data loading processes of Ultralytics")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="further settings of ours")
    parser.add_argument("--ours-only", action="store_true")
    options = parser.parse_args()
    if not WORKER.exists():
        sys.exit(f"training: {WORKER} is not there; run 'make build' first, or name its folder by MARTLET_BIN")
    python = None if options.ours_only else their_python()
    if not python and not options.ours_only:
        note("Ultralytics cannot be installed here; only our side is measured")
    work = pathlib.Path(tempfile.mkdtemp(prefix="martlet-training."))
    source = options.data or (FRIDGE if FRIDGE.exists() else scenes(work))
    data = prepare(source, work)
    # The held-out images alone, for the measurement of both.
    held_out = data.parent / "held-out"
    for kind in ["images", "labels"]:
        held_out.mkdir(exist_ok=True)
        (held_out / kind).symlink_to(data.parent / kind / "val")
    (held_out / "data.yaml").write_text(re.sub(r"(?m)^(path|train|val):.*\n", "", data.read_text()))
    note(f"{os.cpu_count()} cores, {options.threads} threads, load {os.getloadavg()[0]:.1f}, files in {work}")

    print(f"{options.model}, {options.imgsz} px, batch {options.batch}, {options.epochs} epochs, {options.threads} threads\n")
    print("| seed | side | step, ms (median; best epoch) | training, s | peak memory, MB | mAP50 | mAP50-95 |\n|---|---|---|---|---|---|---|")
    results = []
    for seed in options.seeds:
        for side in [lambda: theirs(python, data, options, seed, work)] * bool(python) + [lambda: ours(data, options, seed, work)]:
            result = side()
            final = precision(result["model"], data) or {"mAP50": float("nan"), "mAP50-95": float("nan")}
            results.append(result | {"seed": seed, "final": final})
            # The first epoch reads the files and warms the kernels up.
            steps = [1000 * step for step in (result["step"][1:] or result["step"])]
            print(f"| {seed} | {result['name']} | {statistics.median(steps):.0f}; {min(steps):.0f} | {result['epochs'][-1]['seconds']:.1f} | "
                  f"{result['memory']:.0f} | {final['mAP50']:.3f} | {final['mAP50-95']:.3f} |", flush=True)
    print("\n| epoch | " + " | ".join(f"{r['name']} {r['seed']}: s, mAP50, mAP50-95" for r in results) + " |\n|---" * 1 + "|---" * len(results) + "|")
    for epoch in range(options.epochs):
        cells = [f"{row['seconds']:.1f}, {row['mAP50']:.3f}, {row['mAP50-95']:.3f}" if (row := dict(enumerate(r["epochs"])).get(epoch)) else "–"
                 for r in results]
        print(f"| {epoch + 1} | " + " | ".join(cells) + " |")
    for seed in options.seeds:
        sides = {r["name"]: r for r in results if r["seed"] == seed}
        if len(sides) == 2:
            goal = max(row["mAP50"] for row in sides["Ultralytics"]["epochs"])
            if goal == 0:
                continue
            when = next((row["seconds"] for row in sides["Martlet"]["epochs"] if row["mAP50"] >= goal), None)
            reached = f"{when:.1f} s" if when else "not reached"
            print(f"\nseed {seed}: Ultralytics' best mAP50 {goal:.3f} in {sides['Ultralytics']['epochs'][-1]['seconds']:.1f} s; Martlet: {reached}")
    note(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
