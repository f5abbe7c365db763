#!/usr/bin/env python3
"""Converts the same labels with martlet-worker and with datumaro, in one run, and prints time and peak memory of each.

    python3 -m venv peers && peers/bin/pip install datumaro
    benchmarks/datasets.py --worker .build/release/martlet-worker --peer peers/bin/python [--images 100000 --boxes 10]

The set is made here: COCO instances with random boxes of 80 classes, labels only (no image files are read or copied by either side).
Conversions: COCO to Pascal VOC, Pascal VOC to COCO, COCO to Datumaro's own JSON. Each is a process of its own, started after the file cache has been
warmed by making the set; time is from start to end of the process, memory its largest resident set (Linux counts file pages that
are mapped).
"""
import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

PEER = """
import sys
from datumaro.components.dataset import Dataset
source, reading, target, writing = sys.argv[1:]
Dataset.import_from(source, reading).export(target, writing, save_media=False)
"""
CONVERSIONS = [("coco", "voc"), ("voc", "coco"), ("coco", "datumaro")]
PEER_NAMES = {"coco": "coco_instances", "voc": "voc_detection", "datumaro": "datumaro"}


def make(folder, images, boxes):
    """A COCO file of that many images, with that many boxes on each."""
    rng = random.Random(7)
    os.makedirs(folder / "annotations")
    # Datumaro wants the folder, if not the files.
    os.makedirs(folder / "images" / "train")
    with open(folder / "annotations" / "instances_train.json", "w") as file:
        file.write('{"info": {}, "licenses": [], "categories": ')
        json.dump([{"id": index + 1, "name": f"class {index}", "supercategory": ""} for index in range(80)], file)
        file.write(', "images": [')
        for index in range(images):
            file.write((", " if index else "") + json.dumps(
                {"id": index + 1, "file_name": f"{index:07d}.jpg", "width": 640, "height": 480, "license": 0}))
        file.write('], "annotations": [')
        for index in range(images * boxes):
            width, height = rng.randint(4, 200), rng.randint(4, 200)
            x, y = rng.randint(0, 640 - width), rng.randint(0, 480 - height)
            file.write((", " if index else "") + json.dumps({
                "id": index + 1, "image_id": index // boxes + 1, "category_id": rng.randint(1, 80), "bbox": [x, y, width, height],
                "area": width * height, "iscrowd": 0, "segmentation": [[x, y, x + width, y, x + width, y + height, x, y + height]]}))
        file.write("]}")


def measure(command):
    """Seconds and peak megabytes of a command; None when it fails."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        print(f"failed: {' '.join(map(str, command))}\n{errors.decode()[-800:]}", file=sys.stderr)
        return None
    return time.monotonic() - start, usage.ru_maxrss / 1024


def count(folder, form):
    """Images and boxes that a conversion wrote, counted without either program, and in little memory: Linux charges a child with what
    its parent held."""
    keys = {"voc": (b"<filename>", b"<bndbox>"), "coco": (b'"file_name"', b'"bbox"'), "datumaro": (b'"path"', b'"bbox"')}[form]
    if form == "datumaro":
        keys = (b'"path"', b'"bbox": [' if b'"bbox": [' in sample(folder) else b'"bbox":[')
    totals = [0, 0]
    for file in pathlib.Path(folder, "Annotations" if form == "voc" else "annotations").rglob("*.xml" if form == "voc" else "*.json"):
        rest = b""
        with open(file, "rb") as stream:
            while piece := stream.read(1 << 20):
                text = rest + piece
                # What is cut by the end of a piece is counted with the next one.
                for index, key in enumerate(keys):
                    totals[index] += text.count(key) - rest.count(key)
                rest = text[-16:]
    return tuple(totals)


def sample(folder):
    with open(next(pathlib.Path(folder, "annotations").glob("*.json")), "rb") as file:
        return file.read(1 << 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", default=".build/release/martlet-worker")
    parser.add_argument("--peer", help="a Python with datumaro; ours alone is measured without it")
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--boxes", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    worker = shutil.which(options.worker) or os.path.abspath(options.worker)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        make(scratch / "coco", options.images, options.boxes)
        for source, target in CONVERSIONS:
            row = {"conversion": f"{source} to {target}", "images": options.images, "boxes": options.images * options.boxes}
            ours, theirs = scratch / f"ours-{target}", scratch / f"theirs-{target}"
            figures = measure([worker, "dataset", "convert", scratch / source, ours, "--to", target, "--no-images"])
            if figures:
                row["seconds"], row["megabytes"] = figures
                row["written"] = count(ours, target)
            if options.peer:
                figures = measure([options.peer, "-c", PEER, scratch / source, PEER_NAMES[source], theirs, PEER_NAMES[target]])
                if figures:
                    row["peer seconds"], row["peer megabytes"] = figures
                    row["peer written"] = count(theirs, target)
            rows.append(row)
            # What we wrote as VOC is what both sides read as VOC.
            if target == "voc":
                os.rename(ours, scratch / "voc")
            shutil.rmtree(ours, ignore_errors=True)
            shutil.rmtree(theirs, ignore_errors=True)
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'conversion':20} {'ours s':>8} {'ours MB':>8} {'datumaro s':>11} {'datumaro MB':>12} {'ratio':>7}  written (images, boxes)")
    for row in rows:
        cell = lambda key: f"{row[key]:.1f}" if key in row else "-"
        ratio = f"{row['peer seconds'] / row['seconds']:.1f}" if "seconds" in row and "peer seconds" in row else "-"
        same = f"{row.get('written')} {row.get('peer written')}"
        print(f"{row['conversion']:20} {cell('seconds'):>8} {cell('megabytes'):>8} {cell('peer seconds'):>11} {cell('peer megabytes'):>12} {ratio:>7}  {same}")
    print(f"this driver: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
