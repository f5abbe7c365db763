"""kill -9 of the server at random moments while clients write: nothing that was acknowledged may be missing afterwards.

The script starts a server of its own, has writers of every kind note each acknowledgement in a ledger outside of it, kills
it without warning, starts it again and holds it to the ledger. CRASH_ROUNDS sets the number of kills (default 20),
CRASH_SEED the moments.
"""

import collections
import json
import os
import random
import shutil
import socket
import subprocess
import threading
import time
import uuid
import warnings
from pathlib import Path

import requests

from support.steps import Workspace, check, check_equal, eventually, step

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "20"))
SEED = int(os.environ.get("CRASH_SEED", "1"))
WORK = Path(os.environ["MARTLET_COMPAT_WORK"]) / "crash"
SCRIPT = "import os\n\n\ndef init():\n    pass\n\n\ndef run(raw):\n    return os.environ['NAME']\n"


class Server:
    """The server under test, always on the same port and data folder."""

    def __init__(self):
        self.data = WORK / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = open(WORK / "server.log", "ab")
        self.process = None

    def start(self):
        began = time.monotonic()
        command = ["martlet", "serve", "--data", self.data, "--port", str(self.port), "--no-default"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        until = began + 30
        while True:
            try:
                # The authority is made by the first start, and only the later requests need to check it.
                with warnings.catch_warnings(action="ignore"):
                    if requests.get(f"https://127.0.0.1:{self.port}/health", verify=False, timeout=2).ok:
                        return time.monotonic() - began
            except requests.RequestException:
                pass
            check(self.process.poll() is None and time.monotonic() < until, f"the server did not start; see {WORK}/server.log")
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Client:
    """Plain requests with the owner's token."""

    def __init__(self, server):
        client = server.data / "client.json"
        os.environ["MARTLET_CLIENT"] = str(client)
        self.workspace = Workspace.current()
        # requests prefers this variable to a session's own setting.
        os.environ["REQUESTS_CA_BUNDLE"] = json.loads(client.read_text())["caFile"]
        variables = subprocess.run(["martlet", "client-env"], check=True, capture_output=True, text=True).stdout
        shell = ["bash", "-c", f"{variables}\nprintf %s \"$MLFLOW_TRACKING_TOKEN\""]
        self.token = subprocess.run(shell, check=True, capture_output=True, text=True).stdout
        self.base = f"https://127.0.0.1:{server.port}"

    def session(self):
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {self.token}"
        return session

    def arm(self, session, method, path, body=None):
        url = f"{self.base}{self.workspace.path}/{path}?api-version=2024-04-01"
        return answered(session.request(method, url, json=body, timeout=30))

    def mlflow(self, session, method, path, body):
        url = f"{self.base}/api/2.0/mlflow/{path}"
        arguments = {"params": body} if method == "GET" else {"json": body}
        return answered(session.request(method, url, timeout=30, **arguments))


def answered(reply):
    check(reply.status_code < 400, f"{reply.request.method} {reply.url}: {reply.status_code} {reply.text[:300]}")
    return reply.json() if reply.content else {}


class Ledger:
    """What the server has acknowledged, kept outside of it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.blobs = {}
        self.data = set()
        self.runs = collections.defaultdict(list)
        self.models = {}
        self.jobs = []
        self.traffic = []

    def counts(self):
        metrics = sum(map(len, self.runs.values()))
        return (
            f"{len(self.blobs)} blobs, {len(self.data)} data versions, {len(self.runs)} runs with {metrics} metrics, "
            f"{len(self.models)} model versions, {len(self.jobs)} jobs, {len(self.traffic)} traffic changes"
        )


class Writers:
    """One thread a kind of write. Each ends with the first request that the killed server leaves unanswered."""

    def __init__(self, client, ledger, storage, experiment):
        self.client, self.ledger, self.storage, self.experiment = client, ledger, storage, experiment
        self.faults = []

    def run_round(self, server, seconds):
        threads = [threading.Thread(target=self.repeat, args=(write,)) for write in (self.blob, self.blocks, self.asset, self.metrics, self.model, self.job, self.traffic)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        server.kill()
        for thread in threads:
            thread.join()
        check(not self.faults, f"a writer was refused: {self.faults[:1]}")

    def repeat(self, write):
        session = self.client.session()
        try:
            for acknowledged in write(session):
                with self.ledger.lock:
                    acknowledged()
        except requests.RequestException:
            pass
        except Exception as error:
            self.faults.append(error)

    def blob(self, session):
        while True:
            name, content = f"crash/{uuid.uuid4()}", os.urandom(random.choice([10, 3000, 200_000]))
            headers = {"x-ms-blob-type": "BlockBlob", "Authorization": None}
            reply = session.put(self.storage(name), data=content, headers=headers, timeout=30)
            check(reply.status_code == 201, f"put blob: {reply.status_code} {reply.text}")
            yield lambda: self.ledger.blobs.update({name: content})

    def blocks(self, session):
        headers = {"Authorization": None}
        while True:
            name, parts = f"crash/{uuid.uuid4()}", [os.urandom(50_000) for _ in range(3)]
            for index, part in enumerate(parts):
                reply = session.put(self.storage(name, f"comp=block&blockid=MDA{index}"), data=part, headers=headers, timeout=30)
                check(reply.status_code == 201, f"put block: {reply.status_code} {reply.text}")
            items = "".join(f"<Latest>MDA{index}</Latest>" for index in range(3))
            reply = session.put(self.storage(name, "comp=blocklist"), data=f"<BlockList>{items}</BlockList>", headers=headers, timeout=30)
            check(reply.status_code == 201, f"put block list: {reply.status_code} {reply.text}")
            yield lambda: self.ledger.blobs.update({name: b"".join(parts)})

    def asset(self, session):
        while True:
            name = f"crash-{uuid.uuid4().hex[:12]}"
            for version in ("1", "2"):
                uri = "azureml://datastores/workspaceblobstore/paths/crash/"
                body = {"properties": {"dataType": "uri_folder", "dataUri": uri, "tags": {"v": version}}}
                self.client.arm(session, "PUT", f"data/{name}/versions/{version}", body)
                yield lambda: self.ledger.data.add((name, version))

    def metrics(self, session):
        while True:
            run = self.client.mlflow(session, "POST", "runs/create", {"experiment_id": self.experiment, "start_time": 1})["run"]["info"]["run_id"]
            yield lambda: self.ledger.runs[run]
            for index in range(20):
                point = {"key": "loss", "value": random.random(), "timestamp": 1000 + index, "step": index}
                self.client.mlflow(session, "POST", "runs/log-metric", {"run_id": run, **point})
                yield lambda: self.ledger.runs[run].append((index, point["value"]))

    def model(self, session):
        while True:
            name = f"crash-{uuid.uuid4().hex[:12]}"
            body = {"properties": {"modelType": "custom_model", "modelUri": "azureml://datastores/workspaceblobstore/paths/crash/"}}
            self.client.arm(session, "PUT", f"models/{name}/versions/1", body)
            yield lambda: self.ledger.models.update({name: "1"})

    def job(self, session):
        for _ in range(2):
            name = f"crash_{uuid.uuid4().hex[:12]}"
            environment = self.client.workspace.path + "/environments/martlet-native/versions/1"
            command = f"sleep 0.{random.randrange(10)}; echo once >> {WORK}/jobs/{name}"
            body = {"properties": {"jobType": "Command", "command": command, "environmentId": environment, "experimentName": "crash"}}
            self.client.arm(session, "PUT", f"jobs/{name}", body)
            yield lambda: self.ledger.jobs.append(name)

    def traffic(self, session):
        while True:
            blue = random.randrange(0, 101)
            body = {"location": "local", "properties": {"authMode": "Key", "traffic": {"blue": blue, "green": 100 - blue}}}
            self.ledger.asked = blue
            self.client.arm(session, "PUT", "onlineEndpoints/crash", body)
            yield lambda: self.ledger.traffic.append(blue)


class Auditor:
    """Holds the server to the ledger."""

    def __init__(self, client, ledger, storage):
        self.client, self.ledger, self.storage = client, ledger, storage

    def audit(self, session, since=None):
        """Everything, or what came after the counts `since`."""
        ledger, since = self.ledger, since or [0] * 5
        for name, content in list(ledger.blobs.items())[since[0]:]:
            reply = session.get(self.storage(name), headers={"Authorization": None})
            check(reply.status_code == 200 and reply.content == content, f"the blob {name} is lost or torn: {reply.status_code}")
        for name, version in sorted(ledger.data)[: None if since[1] == 0 else 50]:
            self.client.arm(session, "GET", f"data/{name}/versions/{version}")
        for run, points in list(ledger.runs.items())[since[2]:]:
            history = self.client.mlflow(session, "GET", "metrics/get-history", {"run_id": run, "metric_key": "loss"}).get("metrics", [])
            found = [(int(point.get("step", 0)), point["value"]) for point in history]
            check_equal(found[: len(points)], points, f"the metrics of run {run}")
            check(len(found) <= len(points) + 1, f"run {run} has metrics that nobody logged: {found[len(points):]}")
        for name, version in list(ledger.models.items())[since[3]:]:
            self.client.arm(session, "GET", f"models/{name}/versions/{version}")
        for name in ledger.jobs[since[4]:]:
            self.client.arm(session, "GET", f"jobs/{name}")
        if ledger.traffic:
            shown = self.client.arm(session, "GET", "onlineEndpoints/crash")["properties"]["traffic"].get("blue", 0)
            check(shown in (ledger.traffic[-1], ledger.asked), f"the traffic is {shown}, acknowledged was {ledger.traffic[-1]}")
            # Whatever of the two it is, from now on it is known to hold.
            ledger.traffic.append(shown)

    def counts(self):
        ledger = self.ledger
        return [len(ledger.blobs), len(ledger.data), max(0, len(ledger.runs) - 1), len(ledger.models), len(ledger.jobs)]


def deploy(client, session):
    """An endpoint with two deployments of a small script."""
    folder = WORK / "code"
    folder.mkdir()
    (folder / "score.py").write_text(SCRIPT)
    (WORK / "endpoint.yml").write_text("name: crash\nauth_mode: key\n")
    subprocess.run(["martlet", "online-endpoint", "create", "-f", WORK / "endpoint.yml"], check=True, stdout=subprocess.DEVNULL)
    for name in ("blue", "green"):
        text = (
            f"name: {name}\nendpoint_name: crash\ncode_configuration: {{code: code, scoring_script: score.py}}\n"
            f"environment: azureml:martlet-native@latest\nenvironment_variables: {{NAME: {name}}}\ninstance_count: 1\n"
        )
        (WORK / f"{name}.yml").write_text(text)
        subprocess.run(["martlet", "online-deployment", "create", "-f", WORK / f"{name}.yml"], check=True, stdout=subprocess.DEVNULL)
    keys = client.arm(session, "POST", "onlineEndpoints/crash/listKeys")
    uri = client.arm(session, "GET", "onlineEndpoints/crash")["properties"]["scoringUri"]
    return uri, keys["primaryKey"]


def score(session, uri, key, deployment):
    headers = {"Authorization": f"Bearer {key}", "azureml-model-deployment": deployment}
    try:
        reply = session.post(uri, json={}, headers=headers, timeout=10)
    except requests.RequestException:
        return None
    return reply.text if reply.ok else None


def main():
    random.seed(SEED)
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "jobs").mkdir(parents=True)
    server, ledger, starts = Server(), Ledger(), []
    try:
        server.start()
        with step("a server with an endpoint of two deployments"):
            client = Client(server)
            session = client.session()
            experiment = client.mlflow(session, "POST", "experiments/create", {"name": "crash-metrics"})["experiment_id"]
            uri, key = deploy(client, session)
            secrets = client.arm(session, "POST", "datastores/workspaceblobstore/listSecrets", {"expirableSecret": True, "expireAfterHours": 24})
            store = client.arm(session, "GET", "datastores/workspaceblobstore")["properties"]
            account = f"{store['protocol']}://{store['accountName']}.blob.{store['endpoint']}"
            storage = lambda name, query="": f"{account}/{store['containerName']}/{name}?{query}&{secrets['sasToken'].lstrip('?')}"
        writers, auditor = Writers(client, ledger, storage, experiment), Auditor(client, ledger, storage)
        with step(f"{ROUNDS} kills while seven kinds of writers write (seed {SEED})"):
            for _ in range(ROUNDS):
                before = auditor.counts()
                writers.run_round(server, random.uniform(0.02, 1.0))
                starts.append(server.start())
                session = client.session()
                auditor.audit(session, before)
        with step("both deployments answer again"):
            for name in ("blue", "green"):
                eventually(lambda: score(session, uri, key, name) == json.dumps(name), f"the deployment {name} answers", 30, 0.1)
        with step("every job has ended and none ran twice"):
            for name in ledger.jobs:
                status = eventually(
                    lambda: (lambda s: s if s in ("Completed", "Failed") else None)(client.arm(session, "GET", f"jobs/{name}")["properties"]["status"]),
                    f"the job {name} ends", 60, 0.1)
                lines = (WORK / "jobs" / name).read_text().splitlines() if (WORK / "jobs" / name).exists() else []
                check(lines == ["once"] if status == "Completed" else len(lines) <= 1, f"the job {name} is {status} and ran {len(lines)} times")
        with step(f"the whole ledger: {ledger.counts()}"):
            auditor.audit(session)
        print(f"restart to /health: median {sorted(starts)[len(starts) // 2] * 1000:.0f} ms, worst {max(starts) * 1000:.0f} ms")
    finally:
        server.kill()


main()
