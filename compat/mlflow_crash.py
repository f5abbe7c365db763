"""Every write that `martlet mlflow server` acknowledged is there after kill -9, in both modes of durability. ROUNDS kills each."""

import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

from support.steps import check, check_equal, step

ROUNDS = int(os.environ.get("ROUNDS", "4"))
MARTLET = os.environ.get("MARTLET") or shutil.which("martlet") or str(pathlib.Path(__file__).resolve().parent.parent / ".build/release/martlet")


class Server:
    def __init__(self, data, durability):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [MARTLET, "mlflow", "server", "--port", str(self.port), "--data", data, "--durability", durability], stdout=subprocess.DEVNULL)
        for _ in range(1000):
            try:
                link = self.link()
                link.request("GET", "/health")
                if link.getresponse().status == 200:
                    return
            except OSError:
                check(self.process.poll() is None, "the server ended at once")
                time.sleep(0.01)
        check(False, "the server did not answer within ten seconds")

    def link(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)


def ask(link, method, path, body=None):
    link.request(method, "/api/2.0/mlflow/" + path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"} if body is not None else {})
    answer = link.getresponse()
    content = answer.read()
    check(answer.status == 200, f"{path}: {answer.status} {content[:200]!r}")
    return json.loads(content)


def upload(link, path, content):
    link.request("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}", content)
    answer = link.getresponse()
    answer.read()
    check(answer.status == 200, f"{path}: {answer.status}")


def write(server, acknowledged, number):
    """Writes until the server dies under it; only what was answered is noted."""
    link = server.link()
    try:
        run = ask(link, "POST", "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
        acknowledged[run] = {"steps": 0, "params": 0, "files": 0}
        while True:
            ask(link, "POST", "runs/log-metric", {"run_id": run, "key": "m", "value": number, "timestamp": 1, "step": acknowledged[run]["steps"]})
            acknowledged[run]["steps"] += 1
            if random.random() < 0.1:
                ask(link, "POST", "runs/log-batch", {"run_id": run, "params": [{"key": f"p{acknowledged[run]['params']}", "value": "x"}]})
                acknowledged[run]["params"] += 1
            if random.random() < 0.02:
                upload(link, f"0/{run}/artifacts/f{acknowledged[run]['files']}", os.urandom(5000))
                acknowledged[run]["files"] += 1
    except (OSError, http.client.HTTPException):
        pass


def main():
    for durability in ["process", "power"]:
        work = tempfile.mkdtemp(prefix="martlet-crash-")
        acknowledged = {}
        with step(f"durability {durability}: {ROUNDS} kills while four clients write"):
            for _ in range(ROUNDS):
                server = Server(work, durability)
                writers = [threading.Thread(target=write, args=(server, acknowledged, number)) for number in range(4)]
                for writer in writers:
                    writer.start()
                time.sleep(random.uniform(0.3, 1.5))
                os.kill(server.process.pid, signal.SIGKILL)
                server.process.wait()
                for writer in writers:
                    writer.join()
        with step(f"durability {durability}: all of {sum(run['steps'] for run in acknowledged.values())} points in {len(acknowledged)} runs are there"):
            server = Server(work, durability)
            link = server.link()
            for run, noted in acknowledged.items():
                points = ask(link, "GET", "metrics/get-history?" + urllib.parse.urlencode({"run_id": run, "metric_key": "m"})).get("metrics", [])
                check(noted["steps"] <= len(points) <= noted["steps"] + 1, f"{run}: {len(points)} points, {noted['steps']} acknowledged")
                check_equal([point["step"] for point in points], list(range(len(points))), f"the steps of {run}")
                params = ask(link, "GET", f"runs/get?run_id={run}")["run"]["data"].get("params", [])
                check(len(params) >= noted["params"], f"{run}: {len(params)} parameters, {noted['params']} acknowledged")
                files = ask(link, "GET", f"artifacts/list?run_id={run}").get("files", [])
                check(len(files) >= noted["files"], f"{run}: {len(files)} files, {noted['files']} acknowledged")
            server.process.terminate()
            check_equal(server.process.wait(20), 0, "the exit code of an orderly stop")
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
