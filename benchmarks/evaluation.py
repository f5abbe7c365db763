#!/usr/bin/env python3
"""Evaluates one large set with pycocotools, faster-coco-eval and Martlet in one run: time, peak memory, and whether the numbers are equal.

    benchmarks/evaluation.py                        5,000 images, 80 classes, 100 detections an image
    benchmarks/evaluation.py --images 500           a smaller set
    benchmarks/evaluation.py --keep FOLDER          keeps the set, and takes it from there the next time

Each program runs in a process of its own, reads both JSON files itself, and prints the twelve numbers. MARTLET_BIN names the folder of
the programs when it is not .build/release. Peers come from PyPI into .venv-evaluation. Needs numpy for nothing but the set.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BIN = pathlib.Path(os.environ.get("MARTLET_BIN", ROOT / ".build/release")).resolve()
VENV = ROOT / ".venv-evaluation"
PEERS = ["pycocotools==2.0.11", "faster-coco-eval==1.8.0"]
NAMES = ["AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR_1", "AR_10", "AR_100", "AR_small", "AR_medium", "AR_large"]

# Run in the peers' environment: PEER TRUTH DETECTIONS -> JSON.
PEER = """
import contextlib, io, json, sys, time
name, truth, detections = sys.argv[1:]
started = time.perf_counter()
if name == "pycocotools":
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval as Evaluation
else:
    from faster_coco_eval import COCO, COCOeval_faster as Evaluation
imported = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(truth)
    detections = truth.loadRes(detections)
    read = time.perf_counter()
    evaluation = Evaluation(truth, detections, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
done = time.perf_counter()
print(json.dumps({"read": read - imported, "measure": done - read, "numbers": [float(value) for value in evaluation.stats][:12]}))
"""


def make_set(folder, images, classes, detections, seed=2026):
    """COCO's make-up, roughly: seven objects an image, sizes spread evenly over their logarithm, few classes in one image, one crowd region
    in a hundred objects; detections near objects first, the rest anywhere, with the scores of a network that is unsure of most."""
    draw = random.Random(seed)
    truth = {
        "images": [{"id": 7 * index + 1, "file_name": f"{index:06d}.jpg", "width": 640, "height": 480} for index in range(images)],
        "categories": [{"id": index + 1 + index // 10, "name": f"class {index}"} for index in range(classes)],
        "annotations": [],
    }
    ids = [category["id"] for category in truth["categories"]]
    results = []
    for image in truth["images"]:
        present = draw.sample(ids, min(len(ids), draw.choice([1, 2, 2, 3, 3, 4, 5, 8])))
        found = []
        for _ in range(draw.choice([0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20])):
            size = 2 ** draw.uniform(3, 8.3)
            width, height = size * draw.uniform(0.5, 1.5), size * draw.uniform(0.5, 1.5)
            box = [round(draw.uniform(0, 560), 2), round(draw.uniform(0, 420), 2), round(width, 2), round(height, 2)]
            category = draw.choice(present)
            truth["annotations"].append({
                "id": len(truth["annotations"]) + 1, "image_id": image["id"], "category_id": category, "bbox": box,
                "area": round(width * height * draw.uniform(0.4, 1), 4), "iscrowd": int(draw.random() < 0.01)})
            for _ in range(draw.choice([0, 1, 1, 2, 3])):
                spread = draw.choice([0.02, 0.06, 0.2])
                moved = [draw.gauss(value, spread * size) for value in box]
                label = category if draw.random() < 0.85 else draw.choice(ids)
                found.append((label, moved[:2] + [max(1, value) for value in moved[2:]], draw.betavariate(2, 1.5)))
        while len(found) < detections:
            size = 2 ** draw.uniform(3, 8.3)
            label = draw.choice(present) if draw.random() < 0.5 else draw.choice(ids)
            found.append((label, [draw.uniform(0, 600), draw.uniform(0, 440), size * draw.uniform(0.5, 1.5), size], draw.betavariate(0.6, 8)))
        for label, box, score in found[:detections]:
            results.append({
                "image_id": image["id"], "category_id": label, "bbox": [round(value, 3) for value in box], "score": max(score, 1e-6)})
    (folder / "truth.json").write_text(json.dumps(truth))
    (folder / "detections.json").write_text(json.dumps(results))


def measured(command):
    """Runs a command; its output, seconds, and peak memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = process.stdout, process.stderr
    with tempfile.TemporaryFile() as said:
        data = output.read()
        said.write(errors.read())
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        said.seek(0)
        text = said.read().decode()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"evaluation: {command[0]} ended with {process.returncode}:\n{text[-2000:]}")
    return data.decode(), text, seconds, usage.ru_maxrss / 1024


def run_martlet(truth, detections, threads):
    output, said, seconds, memory = measured(
        [BIN / "martlet-worker", "evaluate", "--truth", truth, "--detections", detections, "--protocol", "coco", "-o", "json"]
        + (["--threads", str(threads)] if threads else []))
    line = next(line for line in said.splitlines() if line.startswith("read in "))
    read, measure = (float(part.split(" in ")[1].split(" s")[0]) for part in line.split(", "))
    named = json.loads(output)["report"]["named"]
    return {"name": f"Martlet, {threads or 'all'} thread{'' if threads == 1 else 's'}", "total": seconds, "read": read, "measure": measure,
            "memory": memory, "numbers": [named[name] for name in NAMES]}


def run_peer(name, truth, detections):
    output, _, seconds, memory = measured([VENV / "bin/python", "-c", PEER, name, truth, detections])
    facts = json.loads(output.splitlines()[-1])
    return {"name": name, "total": seconds, "read": facts["read"], "measure": facts["measure"], "memory": memory, "numbers": facts["numbers"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--classes", type=int, default=80)
    parser.add_argument("--detections", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3, help="of which the fastest counts, for every program")
    parser.add_argument("--peers", nargs="*", default=["pycocotools", "faster-coco-eval"])
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    if options.peers and not (VENV / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "install", "-q", *PEERS], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        truth, detections = folder / "truth.json", folder / "detections.json"
        if not detections.exists():
            make_set(folder, options.images, options.classes, options.detections)
        size = sum(path.stat().st_size for path in (truth, detections)) / 1e6
        print(f"{options.images} images, {options.classes} classes, {options.detections} detections an image, {size:.0f} MB of JSON, "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, fastest of {options.runs}\n")
        ways = [lambda: run_martlet(truth, detections, 0), lambda: run_martlet(truth, detections, 1)]
        ways += [lambda name=name: run_peer(name, truth, detections) for name in options.peers]
        rows = [min((way() for _ in range(options.runs)), key=lambda row: row["total"]) for way in ways]
        print("| program | total | reading | evaluation | peak memory | total, against Martlet | evaluation, against Martlet |")
        print("|---|---|---|---|---|---|---|")
        ours = rows[0]
        for row in rows:
            print(f"| {row['name']} | {row['total']:.2f} s | {row['read']:.2f} s | {row['measure']:.3f} s | {row['memory']:.0f} MB "
                  f"| {row['total'] / ours['total']:.1f} × | {row['measure'] / ours['measure']:.1f} × |")
        worst = max(abs(one - other) for row in rows for one, other in zip(ours["numbers"], row["numbers"]))
        print(f"\nLargest difference of any of the twelve numbers: {worst:.1e}")
        if worst > 1e-6:
            sys.exit("evaluation: the numbers are not equal")


if __name__ == "__main__":
    main()
