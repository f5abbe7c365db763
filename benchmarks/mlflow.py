#!/usr/bin/env python3
"""Martlet's MLflow server beside stock MLflow, on the same machine, one after the other, asked by the same script.

    benchmarks/mlflow.py                          ours and stock (one worker), 1,000 and 10,000 runs
    benchmarks/mlflow.py --stock both             also stock as it starts by default (four workers and a job runner)
    benchmarks/mlflow.py --stock none --runs 10000,100000

MARTLET_BIN is the folder of the programs (default .build/release). MLFLOW_PYTHON is a Python with mlflow for the stock
server and for the rows that go through MLflow's client; without it, a venv is made beside the repository by uv.
Only the standard library is used here. What a row means stands in ROWS."""

import argparse
import hashlib
import http.client
import json
import os
import pathlib
import random
import shlex
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from urllib.parse import urlencode

ROOT = pathlib.Path(__file__).resolve().parent.parent
MLFLOW = "3.17.2"
# Name, unit, whether more is better, how many times better than stock it should be.
ROWS = {
    "start": ("start to the first healthy answer", "s", False, 50),
    "memory": ("memory when idle, of all processes", "MiB", False, 50),
    "processes": ("processes", "", False, None),
    "log_metric": ("log_metric, one connection", "calls/s", True, 30),
    "log_metric_client": ("log_metric through MLflow's client", "calls/s", True, None),
    "log_metric_4": ("log_metric, four connections", "calls/s", True, 30),
    "create_run": ("create_run", "runs/s", True, 30),
    "log_batch": ("log_batch of 1,000 metrics", "metrics/s", True, 20),
    "history": ("history of 20,000 points", "ms", False, 20),
    "interval": ("history sampled from 20,000 to 2,500 points", "ms", False, 20),
    "upload": ("artifact of 200 MiB up", "MiB/s", True, 2),
    "download": ("artifact of 200 MiB down", "MiB/s", True, 2),
    "memory_artifact": ("memory gained by it", "MiB", False, None),
}
SEARCHES = {
    "default": ("page of 100, newest first", {}, 20),
    "metric": ("page of 100, ordered by a metric", {"order_by": ["metrics.m1 DESC"]}, 200),
    "filter": ("page of 100, metric and parameter", {"filter": "metrics.m1 > 0.5 and params.p1 = '10'"}, 20),
    "like": ("page of 100, tag and name LIKE", {"filter": "tags.team LIKE 't3%' and attributes.run_name LIKE 'run-%'"}, 20),
    "thousand": ("page of 1,000", {"max_results": 1000}, 20),
}


class Connection:
    """One connection that is kept open."""

    def __init__(self, port):
        self.port = port
        self.open()

    def open(self):
        self.wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        self.wire.connect()
        self.wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method, path, body=None, headers=None):
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        try:
            self.wire.request(method, path, body=body, headers=headers or {})
            answer = self.wire.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            self.wire.close()
            self.open()
            self.wire.request(method, path, body=body, headers=headers or {})
            answer = self.wire.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]!r}")
        return data

    def post(self, path, body):
        return json.loads(self.call("POST", "/api/2.0/mlflow/" + path, body) or b"{}")

    def get(self, path, **query):
        return json.loads(self.call("GET", f"/api/2.0/mlflow/{path}?{urlencode(query, doseq=True)}"))

    def experiment(self):
        return self.post("experiments/create", {"name": f"bench-{uuid.uuid4().hex[:8]}"})["experiment_id"]

    def run(self, experiment, number=0):
        body = {"experiment_id": experiment, "run_name": f"run-{number}", "start_time": int(time.time() * 1000),
                "tags": [{"key": "mlflow.user", "value": "bench"}, {"key": "team", "value": f"t{number % 7}"}]}
        return self.post("runs/create", body)["run"]["info"]["run_id"]


# MARK: What the system says


def tree(pid):
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parent = int(pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def memory(pid):
    """Proportional set size over the tree, MiB: shared pages are counted once."""
    total = 0
    for process in tree(pid):
        try:
            lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def processor(pid):
    total = 0
    for process in tree(pid):
        try:
            fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, command):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="bench-mlflow-"))
        self.log = open(self.data / "server.log", "wb")
        environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
        words = [word.format(port=self.port, data=self.data) for word in shlex.split(command)]
        while "=" in words[0]:
            name, value = words.pop(0).split("=", 1)
            environment[name] = value
        start = time.perf_counter()
        self.process = subprocess.Popen(words, stdout=self.log, stderr=subprocess.STDOUT, env=environment, start_new_session=True)
        while True:
            if self.process.poll() is not None:
                sys.exit(f"the server ended with {self.process.returncode}: {(self.data / 'server.log').read_text()[-2000:]}")
            try:
                probe = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                probe.request("GET", "/health")
                if probe.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.002)
            if time.perf_counter() - start > 180:
                sys.exit("the server did not become healthy within 180 seconds")
        self.start = time.perf_counter() - start
        self.settle()

    def settle(self):
        last, until = processor(self.process.pid), time.time() + 90
        while time.time() < until:
            time.sleep(2)
            now = processor(self.process.pid)
            if now - last < 0.2:
                return
            last = now

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.log.close()
        shutil.rmtree(self.data, ignore_errors=True)


# MARK: Rows


def rate(call, seconds, each=1):
    for _ in range(3):
        call()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        call()
        count += 1
    return count * each / (time.perf_counter() - start)


def latency(call, times=7):
    call()
    measured = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        measured.append((time.perf_counter() - start) * 1000)
    return statistics.median(measured)


def writing(server, options, found):
    link = Connection(server.port)
    experiment = link.experiment()
    run, step = link.run(experiment), [0]

    def metric(link=link, run=run):
        step[0] += 1
        link.post("runs/log-metric", {"run_id": run, "key": "loss", "value": 0.5, "timestamp": int(time.time() * 1000), "step": step[0]})

    found["log_metric"] = rate(metric, options.seconds)
    script = ("import sys,time\nfrom mlflow import MlflowClient\nc=MlflowClient(sys.argv[1])\n[c.log_metric(sys.argv[2],'l',.5,step=i) for i in range(3)]\n"
              "n,t=0,time.perf_counter()\nwhile time.perf_counter()-t<float(sys.argv[3]):\n c.log_metric(sys.argv[2],'l',.5,step=n);n+=1\nprint(n/(time.perf_counter()-t))")
    if options.python:
        out = subprocess.run([options.python, "-c", script, f"http://127.0.0.1:{server.port}", run, str(options.seconds)], capture_output=True, text=True,
                             env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"})
        found["log_metric_client"] = float(out.stdout) if out.returncode == 0 else None

    def batch():
        step[0] += 1
        now = int(time.time() * 1000)
        link.post("runs/log-batch", {"run_id": batched, "metrics": [
            {"key": f"k{j % 10}", "value": j * 0.1, "timestamp": now, "step": step[0] * 100 + j // 10} for j in range(1000)]})

    batched = link.run(experiment)
    found["log_batch"] = rate(batch, options.seconds, 1000)
    found["create_run"] = rate(lambda: link.run(experiment), options.seconds)
    done, until = [0] * 4, time.perf_counter() + options.seconds

    def worker(number):
        own = Connection(server.port)
        target = own.run(experiment)
        while time.perf_counter() < until:
            metric(own, target)
            done[number] += 1

    workers = [threading.Thread(target=worker, args=(number,)) for number in range(4)]
    start = time.perf_counter()
    for item in workers:
        item.start()
    for item in workers:
        item.join()
    found["log_metric_4"] = sum(done) / (time.perf_counter() - start)
    long, now = link.run(experiment), int(time.time() * 1000)
    for part in range(20):
        link.post("runs/log-batch", {"run_id": long, "metrics": [
            {"key": "h", "value": j * 0.1, "timestamp": now + part * 1000 + j, "step": part * 1000 + j} for j in range(1000)]})
    found["history"] = latency(lambda: link.get("metrics/get-history", run_id=long, metric_key="h"), 5)
    found["interval"] = latency(lambda: link.get("metrics/get-history-bulk-interval", run_ids=long, metric_key="h", max_results=2500), 5)


def artifacts(server, options, found):
    link = Connection(server.port)
    experiment = link.experiment()
    path = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{link.run(experiment)}/artifacts/big.bin"
    # Different blocks, so that nobody gains by noticing equal ones.
    size, blocks = options.artifact, [os.urandom(1 << 20) for _ in range(8)]
    content = hashlib.sha256()
    with tempfile.TemporaryFile() as file:
        for number in range(size):
            block = number.to_bytes(8, "big") + blocks[number % 8][8:]
            content.update(block)
            file.write(block)
        before, peak, over = memory(server.process.pid), [0.0], threading.Event()

        def watch():
            while not over.wait(0.1):
                peak[0] = max(peak[0], memory(server.process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        file.seek(0)
        start = time.perf_counter()
        link.call("PUT", path, file, {"Content-Length": str(size << 20)})
        found["upload"] = size / (time.perf_counter() - start)
        back, start = hashlib.sha256(), time.perf_counter()
        link.wire.request("GET", path)
        answer, received = link.wire.getresponse(), []
        while piece := answer.read(1 << 20):
            received.append(piece)
        found["download"] = size / (time.perf_counter() - start)
        over.set()
        watcher.join()
        for piece in received:
            back.update(piece)
        assert back.digest() == content.digest(), "the artifact came back different"
        found["memory_artifact"] = max(0.0, peak[0] - before)


def fill(server, link, experiment, first, last, is_stock):
    """Runs with five metrics, five parameters and three tags; into stock's own file, because its API would take an hour."""
    dice = random.Random(7)
    if not is_stock:
        for number in range(first, last):
            run, now = link.run(experiment, number), int(time.time() * 1000)
            link.post("runs/log-batch", {
                "run_id": run, "metrics": [{"key": f"m{k}", "value": dice.random(), "timestamp": now, "step": 0} for k in range(5)],
                "params": [{"key": f"p{k}", "value": str((number * (k + 1)) % 50)} for k in range(5)]})
        return
    with sqlite3.connect(server.data / "mlflow.db", timeout=60) as store:
        now = int(time.time() * 1000)
        for number in range(first, last):
            run = uuid.uuid4().hex
            store.execute(
                "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,"
                " lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', ?, ?)",
                (run, f"run-{number}", now + number, now + number + 10, f"mlflow-artifacts:/{experiment}/{run}/artifacts", int(experiment)))
            for k in range(5):
                value = dice.random()
                for table in ("metrics", "latest_metrics"):
                    store.execute(f"INSERT INTO {table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, 0, 0)", (f"m{k}", value, now, run))
                store.execute("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", (f"p{k}", str((number * (k + 1)) % 50), run))
            for key, value in (("mlflow.user", "bench"), ("team", f"t{number % 7}"), ("mlflow.runName", f"run-{number}")):
                store.execute("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", (key, value, run))


def searches(server, options, found, is_stock):
    link = Connection(server.port)
    experiment, have = link.experiment(), 0
    for size in options.runs:
        fill(server, link, experiment, have, size, is_stock)
        have = size
        for name, (_, body, _) in SEARCHES.items():
            request = {"experiment_ids": [experiment], "max_results": 100} | body
            assert link.post("runs/search", request).get("runs"), f"the search '{name}' finds nothing"
            found[f"{name}_{size}"] = latency(lambda: link.post("runs/search", request), 3 if name == "thousand" else 7)


def measure(name, command, options):
    is_stock = name != "Martlet"
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    server, found = Server(command), {}
    try:
        found["start"], found["memory"], found["processes"] = server.start, memory(server.process.pid), len(tree(server.process.pid))
        writing(server, options, found)
        artifacts(server, options, found)
        searches(server, options, found, is_stock)
    finally:
        server.stop()
    return found


def table(results, options):
    rows = dict(ROWS)
    for size in options.runs:
        for name, (says, _, times) in SEARCHES.items():
            rows[f"{name}_{size}"] = (f"search in {size:,} runs: {says}", "ms", False, times)
    names = list(results)
    lines = ["| row | unit | " + " | ".join(names) + " |" + "".join(f" against {name} | wanted |" for name in names[1:])]
    lines.append("|---" * (lines[0].count("|") - 1) + "|")
    show = lambda value: "–" if value is None else f"{value:,.3f}" if value < 10 else f"{value:,.0f}"
    for key, (says, unit, is_more_better, wanted) in rows.items():
        ours = results[names[0]].get(key)
        line = f"| {says} | {unit} | " + " | ".join(show(results[name].get(key)) for name in names) + " |"
        for name in names[1:]:
            theirs = results[name].get(key)
            times = None if not ours or not theirs else ours / theirs if is_more_better else theirs / ours
            line += f" {'–' if times is None else f'{times:,.1f} ×'} | {'' if wanted is None else f'{wanted} ×'} |"
        lines.append(line)
    return "\n".join(lines)


def stock_python():
    given = os.environ.get("MLFLOW_PYTHON")
    if given:
        return given
    venv = ROOT / ".venv-mlflow-stock"
    if not (venv / "bin/mlflow").exists():
        subprocess.run(["uv", "venv", "-q", str(venv)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(venv / "bin/python"), f"mlflow=={MLFLOW}"], check=True)
    return str(venv / "bin/python")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stock", choices=["lean", "both", "none"], default="lean")
    parser.add_argument("--runs", type=lambda text: [int(part) for part in text.split(",")], default=[1000, 10000])
    parser.add_argument("--seconds", type=float, default=5, help="how long each row of a rate is measured")
    parser.add_argument("--artifact", type=int, default=200, help="MiB of the artifact")
    parser.add_argument("--out", help="also write the numbers here, as JSON")
    options = parser.parse_args()
    options.python = None if options.stock == "none" and "MLFLOW_PYTHON" not in os.environ else stock_python()
    binary = pathlib.Path(os.environ.get("MARTLET_BIN", ROOT / ".build/release")) / "martlet"
    servers = {"Martlet": f"{shlex.quote(str(binary))} mlflow server --port {{port}} --data {{data}}/martlet"}
    stock = (f"{options.python} -m mlflow server --host 127.0.0.1 --port {{port}} --backend-store-uri sqlite:///{{data}}/mlflow.db "
             "--artifacts-destination {data}/artifacts")
    if options.stock != "none":
        servers["stock, one worker"] = f"MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false {stock} --workers 1"
    if options.stock == "both":
        servers["stock, default"] = stock
    results = {name: measure(name, command, options) for name, command in servers.items()}
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, mlflow {MLFLOW}\n")
    print(table(results, options))
    if options.out:
        pathlib.Path(options.out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
