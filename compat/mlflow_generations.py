"""MLflow's clients of three generations, each in a virtual environment of its own, against `martlet mlflow server`: the
flows of a day's work with each. GENERATIONS names some of them; CLIENTS is the folder of the environments."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from support.steps import check, step

HERE = pathlib.Path(__file__).resolve().parent
# What MLflow 2 traces with has moved on; its own processors fail with later ones.
TRACING = ["opentelemetry-api<1.30", "opentelemetry-sdk<1.30"]
# The newest 3.x is whatever the package index offers that day.
GENERATIONS = {"2.16": ["mlflow-skinny==2.16.2", "setuptools<80", *TRACING], "2.22": ["mlflow-skinny==2.22.*", *TRACING], "3": ["mlflow-skinny==3.*"]}
ALWAYS = ["numpy<2.3", "pandas<2.4"]


def client(name):
    """The Python of a generation; the environment is kept until the list of its packages changes."""
    folder = pathlib.Path(os.environ.get("CLIENTS", HERE.parent / ".venv-mlflow")) / name
    wanted = "\n".join(GENERATIONS[name] + ALWAYS)
    if not (folder / "installed.txt").exists() or (folder / "installed.txt").read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(folder)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(folder / "bin/python"), *GENERATIONS[name], *ALWAYS], check=True)
        (folder / "installed.txt").write_text(wanted)
    return folder / "bin/python"


def serve(data):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    martlet = os.environ.get("MARTLET", shutil.which("martlet") or str(HERE.parent / ".build/release/martlet"))
    process = subprocess.Popen([martlet, "mlflow", "server", "--port", str(port), "--data", str(data), "--allow-local-webhooks"], stdout=subprocess.DEVNULL)
    for _ in range(500):
        try:
            if urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).status == 200:
                return process, f"http://127.0.0.1:{port}"
        except OSError:
            check(process.poll() is None, "the server ended at once")
            time.sleep(0.02)
    check(False, "the server did not answer within ten seconds")


def main():
    names = [name for name in os.environ.get("GENERATIONS", ",".join(GENERATIONS)).split(",") if name]
    pythons = {}
    for name in names:
        with step(f"MLflow {name}: the client in an environment of its own"):
            pythons[name] = client(name)
    work = pathlib.Path(tempfile.mkdtemp(prefix="martlet-generations-"))
    server, url = serve(work / "data")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "AZURE", "PYTHON"))}
    failed = []
    try:
        for name, python in pythons.items():
            print(f"MLflow {name}", flush=True)
            environment = clean | {
                "MLFLOW_TRACKING_URI": url, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "PYTHONPATH": str(HERE),
                "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false", "GENERATION": name, "WORK": str(work / name), "NO_PROXY": "127.0.0.1",
                "PYTHONDONTWRITEBYTECODE": "1", "GIT_PYTHON_REFRESH": "quiet"}
            code = subprocess.run([python, "-W", "ignore", HERE / "generations/flows.py"], env=environment).returncode
            if code:
                failed.append(name)
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(work, ignore_errors=True)
    check(not failed, f"the flows failed with MLflow {', '.join(failed)}")


if __name__ == "__main__":
    sys.exit(main())
