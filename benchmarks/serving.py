#!/usr/bin/env python3
"""Measures native serving of an ONNX detector and prints one table row for each figure: JPEG in, boxes out.

    benchmarks/serving.py MODEL_640 MODEL_160          .onnx files or folders, such as `martlet-worker train` writes
    benchmarks/serving.py --seconds 20 MODEL...        a longer load
    benchmarks/serving.py --photo street.jpg MODEL...  a photo of your own instead of the drawn one of 640 × 480

For each model, one after the other in one run on the same cores: the bare engines in a loop over one ready tensor, the
peer (azureml-inference-server-http from PyPI with serving_score.py: Pillow, NumPy, ONNX Runtime), and Martlet's native
deployment behind its TLS gateway, in 32-bit floats and with bf16 allowed. The load is two connections that are kept open.
MARTLET_BIN names the folder of the programs, MARTLET_ENGINES that of the engines' Python packages.
"""

import argparse
import importlib.machinery
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PEER = HERE.parent / ".venv-bench-serving"
PACKAGES = ["azureml-inference-server-http", "onnxruntime", "openvino", "numpy", "pillow"]

loader = importlib.machinery.SourceFileLoader("bench", str(HERE / "run"))
bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
loader.exec_module(bench)

BARE = """
import json, sys, time
import numpy as np
model, side, seconds, threads, engine = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
canvas = np.random.default_rng(0).random((1, 3, side, side), dtype=np.float32)
if engine == "onnxruntime":
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    run = lambda: session.run(None, {name: canvas})
else:
    import openvino
    hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
    request = openvino.Core().compile_model(model, "CPU", hints).create_infer_request()
    run = lambda: request.infer({0: canvas})
for _ in range(3): run()
count, start = 0, time.perf_counter()
while time.perf_counter() - start < seconds:
    run()
    count += 1
print(count / (time.perf_counter() - start))
"""


def python():
    if not (PEER / "bin/azmlinfsrv").exists():
        bench.note(f"installing {', '.join(PACKAGES)} into {PEER.name}")
        uv = ["uv"] if shutil.which("uv") else ["python3", "-m", "uv"]
        bench.run(*uv, "venv", "-q", PEER)
        bench.run(*uv, "pip", "install", "-q", "--python", PEER / "bin/python", *PACKAGES)
    return PEER / "bin/python"


def photo(file):
    """A JPEG of 640 × 480 as a camera makes it: smooth areas, edges and some noise."""
    draw = """
        import sys
        import numpy as np
        from PIL import Image, ImageDraw, ImageFilter
        dice = np.random.default_rng(7)
        image = Image.fromarray(np.linspace((70, 90, 120), (190, 180, 160), 480, dtype=np.float32)[:, None].repeat(640, 1).astype(np.uint8))
        pen = ImageDraw.Draw(image)
        for _ in range(40):
            x, y, w, h = dice.integers(0, 600), dice.integers(0, 440), dice.integers(15, 160), dice.integers(15, 120)
            pen.ellipse([x, y, x + w, y + h], fill=tuple(int(v) for v in dice.integers(0, 255, 3)))
        image = image.filter(ImageFilter.GaussianBlur(1))
        pixels = np.asarray(image, dtype=np.float32) + dice.normal(0, 6, (480, 640, 3))
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(sys.argv[1], quality=90)
    """
    bench.run(python(), "-c", textwrap.dedent(draw), file)


def measure(work, name, url, headers, body, seconds, ca=None):
    """A warm-up and then the load, in a process of its own."""
    job = {"url": url, "headers": {"Content-Type": "image/jpeg", **headers}, "body_file": str(body), "connections": 2, "ca": ca}
    result = {}
    for duration in (2, seconds):
        (work / "load.json").write_text(json.dumps({**job, "seconds": duration}))
        result = json.loads(bench.run(sys.executable, HERE / "load.py", work / "load.json"))
    if result["failures"]:
        sys.exit(f"bench: {name}: {result['failures']} requests failed, the first with: {result['first_failure']}")
    bench.note(f"{name}: {result}")
    return result


def bare(model, side, seconds, engine):
    return float(bench.run(python(), "-c", BARE, model, str(side), str(seconds), str(os.cpu_count()), engine))


def peer(work, model, body, seconds):
    port = bench.free_port()
    log = open(work / "peer.log", "wb")
    shutil.copy(HERE / "serving_score.py", work / "score.py")
    process = subprocess.Popen(
        [python().parent / "azmlinfsrv", "--entry_script", "score.py", "--model_dir", model.parent, "--port", str(port),
         "--worker_count", "1"],
        cwd=work, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "BENCH_MODEL": str(model)})
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("bench: the peer did not start:\n" + (work / "peer.log").read_text()[-2000:])
                bench.time.sleep(0.1)
        return measure(work, "azureml-inference-server-http", f"http://127.0.0.1:{port}/score", {}, body, seconds)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def ours(work, running, model, body, seconds, bf16):
    """A native deployment of the model in a server of ours."""
    name = "bench-" + ("bf16" if bf16 else "f32")
    folder = work / name
    folder.mkdir(exist_ok=True)
    shutil.copy(model, folder / "best.onnx")
    card = json.loads(model.with_suffix(".json").read_text())
    (folder / "best.json").write_text(json.dumps({**card, **({"precision": "bf16"} if bf16 else {})}))
    (work / "endpoint.yml").write_text(f"name: {name}\nauth_mode: key\n")
    (work / "deployment.yml").write_text(textwrap.dedent(f"""\
        name: native
        endpoint_name: {name}
        model: {{name: {name}, version: "1", path: {name}, type: custom_model}}
        instance_count: 1
        request_settings: {{max_concurrent_requests_per_instance: 4, request_timeout_ms: 60000}}
        """))
    running.cli("online-endpoint", "create", "-f", work / "endpoint.yml")
    running.cli("online-deployment", "create", "-f", work / "deployment.yml", "--all-traffic")
    uri = json.loads(running.cli("online-endpoint", "show", "-n", name, "-o", "json"))["scoring_uri"]
    key = json.loads(running.cli("online-endpoint", "get-credentials", "-n", name, "-o", "json"))["primaryKey"]
    return measure(work, name, uri, {"Authorization": f"Bearer {key}"}, body, seconds, running.facts["caFile"])


def compare(work, model, body, seconds):
    side = json.loads(model.with_suffix(".json").read_text())["imgsz"]
    engines = {engine: bare(model, side, min(seconds, 8), engine) for engine in ("onnxruntime", "openvino")}
    theirs = peer(work, model, body, seconds)
    with bench.Server(work / f"server-{side}") as running:
        exact = ours(work, running, model, body, seconds, bf16=False)
        short = ours(work, running, model, body, seconds, bf16=True)
    for engine, rate in engines.items():
        bench.row(f"{side} px, bare {engine}", f"{rate:.1f} images/s", "–", f"one ready tensor in a loop, {os.cpu_count()} threads, f32")
    line = "{per_second:.1f} req/s, p50 {p50_ms} ms, p99 {p99_ms} ms".format
    target, half = ("1.5 ×", "2.5 ×") if side >= 480 else ("3 ×", "3 ×")
    bench.row(f"{side} px, azureml-inference-server-http", line(**theirs), "–", "`serving_score.py`, ONNX Runtime, 1 worker, 2 connections")
    for label, result, goal in (("Martlet, f32", exact, target), ("Martlet, bf16 allowed", short, half)):
        bench.row(f"{side} px, {label}", line(**result), "lower p99", "TLS, key check, routing and collection included; 2 connections")
        bench.row(f"{side} px, {label}, to the peer", f"{result['per_second'] / theirs['per_second']:.2f} ×", goal,
                  f"p99 {theirs['p99_ms'] / result['p99_ms']:.1f} × lower")
    bench.row(f"{side} px, Martlet, f32, to the bare engines", ", ".join(
        f"{exact['per_second'] / rate:.2f} × {engine}" for engine, rate in engines.items()), "0.95 ×" if side >= 480 else "–", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path, metavar="MODEL")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--photo", type=pathlib.Path)
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="martlet-bench."))
    body = options.photo.resolve() if options.photo else work / "photo.jpg"
    if not options.photo:
        photo(body)
    site = next((PEER / "lib").glob("python3*/site-packages"), None) if python() else None
    os.environ.setdefault("MARTLET_ENGINES", str(site))
    bench.note(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, photo of {body.stat().st_size} bytes")
    print("| figure | measured | target | how |\n|---|---|---|---|", flush=True)
    for model in options.models:
        compare(work, (model / "best.onnx" if model.is_dir() else model).resolve(), body, options.seconds)
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
