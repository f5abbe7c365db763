"""Sweep, parallel and pipeline steps, registered pipeline components and standalone sweeps through azure-ai-ml: from YAML
and from Python, with what the server stored read back by the client."""

from azure.ai.ml import Input, MLClient, command, dsl, load_component, load_job
from azure.ai.ml.entities import AmlCompute
from azure.ai.ml.sweep import BanditPolicy, Uniform
from azure.core.exceptions import ResourceNotFoundError
from azure.identity import DefaultAzureCredential

from support.steps import Workspace, check, check_equal, eventually, step, work_folder

WORK = work_folder("pipeline_steps")
workspace = Workspace.current()
NATIVE = "azureml:martlet-native:1"

FILES = {
    "src/train.py": """
import os, sys
from pathlib import Path
lr, folder = float(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
(folder / "weights.txt").write_text(str(lr))
import json, ssl, time, urllib.request
point = {"key": "loss", "value": abs(lr - 0.3), "timestamp": int(time.time() * 1000), "step": 0}
body = json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "metrics": [point]}).encode()
headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}
request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-batch", body, headers)
urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])).read()
""",
    "src/score.py": """
import os, sys
def init():
    global weights
    weights = open(os.path.join(sys.argv[2], "weights.txt")).read()
def run(mini_batch):
    return [os.path.basename(path) + " " + weights for path in mini_batch]
""",
    "train.yml": f"""
name: step_train
version: "1"
type: command
code: ./src
command: python3 train.py ${{{{inputs.lr}}}} ${{{{outputs.model}}}}
environment: {NATIVE}
inputs: {{lr: {{type: number}}}}
outputs: {{model: {{type: uri_folder}}}}
""",
    "inner.yml": f"""
name: step_inner
version: "1"
type: pipeline
inputs: {{rows: {{type: uri_file}}}}
outputs: {{report: {{type: uri_folder}}}}
jobs:
  report:
    type: command
    component: ./report.yml
    inputs: {{rows: "${{{{parent.inputs.rows}}}}"}}
    outputs: {{report: "${{{{parent.outputs.report}}}}"}}
""",
    "report.yml": f"""
name: step_report
version: "1"
type: command
command: sort -r ${{{{inputs.rows}}}} > ${{{{outputs.report}}}}/report.txt
environment: {NATIVE}
inputs: {{rows: {{type: uri_file}}}}
outputs: {{report: {{type: uri_folder}}}}
""",
    "pipeline.yml": f"""
type: pipeline
settings: {{default_compute: azureml:steps}}
inputs: {{photos: {{type: uri_folder, path: ./data}}}}
outputs: {{final: {{type: uri_folder}}}}
jobs:
  search:
    type: sweep
    trial: ./train.yml
    inputs: {{}}
    outputs: {{model: {{type: uri_folder}}}}
    sampling_algorithm: random
    search_space: {{lr: {{type: uniform, min_value: 0.0, max_value: 1.0}}}}
    objective: {{goal: minimize, primary_metric: loss}}
    limits: {{max_total_trials: 3, max_concurrent_trials: 3}}
  score:
    type: parallel
    inputs: {{images: "${{{{parent.inputs.photos}}}}", model: "${{{{parent.jobs.search.outputs.model}}}}"}}
    outputs: {{rows: {{type: uri_file}}}}
    mini_batch_size: "2"
    max_concurrency_per_instance: 2
    input_data: ${{{{inputs.images}}}}
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      environment: {NATIVE}
      program_arguments: --model ${{{{inputs.model}}}}
      append_row_to: ${{{{outputs.rows}}}}
  inner:
    type: pipeline
    component: ./inner.yml
    inputs: {{rows: "${{{{parent.jobs.score.outputs.rows}}}}"}}
    outputs: {{report: "${{{{parent.outputs.final}}}}"}}
""",
    "sweep.yml": f"""
type: sweep
compute: azureml:steps
trial:
  code: ./src
  command: python3 train.py ${{{{search_space.lr}}}} ./outputs
  environment: {NATIVE}
search_space: {{lr: {{type: choice, values: [0.1, 0.31, 0.9]}}}}
sampling_algorithm: grid
objective: {{goal: minimize, primary_metric: loss}}
limits: {{max_total_trials: 3, max_concurrent_trials: 2, timeout: 600}}
early_termination: {{type: bandit, slack_factor: 0.5, evaluation_interval: 1, delay_evaluation: 3}}
""",
}


def status(client, name):
    try:
        return client.jobs.get(name).status
    except ResourceNotFoundError:
        return None


def ended(client, name, seconds=120):
    job = eventually(lambda: (found := client.jobs.get(name)).status in ("Completed", "Failed", "Canceled") and found, f"the end of {name}", seconds)
    check_equal(job.status, "Completed", f"the status of {name}")
    return job


def main():
    for name, text in FILES.items():
        path = WORK / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (WORK / "data").mkdir()
    for number in range(5):
        (WORK / "data" / f"{number}.txt").write_text(f"photo {number}")
    client = MLClient(DefaultAzureCredential(), workspace.subscription, workspace.resource_group, workspace.name)
    # The SDK itself stumbles over sweeps on "local".
    client.compute.begin_create_or_update(AmlCompute(name="steps", max_instances=4)).result()

    with step("a sweep from YAML: a grid, the best trial, its children"):
        sweep = client.jobs.create_or_update(load_job(WORK / "sweep.yml"))
        done = ended(client, sweep.name)
        check_equal(done.type, "sweep", "the type")
        check_equal(done.search_space["lr"].values, [0.1, 0.31, 0.9], "the search space read back")
        check_equal(done.properties["best_child_run_id"], f"{sweep.name}_1", "the best trial")
        children = [child.name for child in client.jobs.list(parent_job_name=sweep.name)]
        check_equal(sorted(children), [f"{sweep.name}_{number}" for number in range(3)], "the trials")
        client.jobs.download(sweep.name, download_path=WORK / "sweep", all=True)
        check(any(path.name == "weights.txt" for path in (WORK / "sweep").rglob("*")), "the best trial's files are downloaded")

    with step("a sweep from Python, with a policy"):
        trial = command(
            code=str(WORK / "src"), command="python3 train.py ${{inputs.lr}} ./outputs", environment=NATIVE, inputs={"lr": 0.5}, compute="steps"
        )(lr=Uniform(min_value=0, max_value=1))
        job = trial.sweep(sampling_algorithm="random", primary_metric="loss", goal="minimize")
        job.set_limits(max_total_trials=2, max_concurrent_trials=2, timeout=600)
        job.early_termination = BanditPolicy(slack_amount=5, evaluation_interval=1)
        ended(client, client.jobs.create_or_update(job).name)

    with step("a pipeline of a sweep, a parallel step and a pipeline component, from YAML"):
        pipeline = client.jobs.create_or_update(load_job(WORK / "pipeline.yml"))
        done = ended(client, pipeline.name)
        check_equal({name: node.type for name, node in done.jobs.items()}, {"search": "sweep", "score": "parallel", "inner": "pipeline"}, "the steps")
        client.jobs.download(pipeline.name, download_path=WORK / "pipeline", output_name="final")
        (report,) = (WORK / "pipeline").rglob("report.txt")
        rows = report.read_text().split("\n")
        check_equal([row.split(" ")[0] for row in rows if row], [f"{number}.txt" for number in (4, 3, 2, 1, 0)], "the rows of the report")

    with step("a registered pipeline component, used from @dsl.pipeline"):
        client.components.create_or_update(load_component(WORK / "report.yml"))
        inner = client.components.create_or_update(load_component(WORK / "inner.yml"))
        check_equal((inner.type, inner.version), ("pipeline", "1"), "the component")
        registered = client.components.get("step_inner", "1")

        @dsl.pipeline(default_compute="steps")
        def outer(rows):
            node = registered(rows=rows)
            return {"report": node.outputs.report}

        (WORK / "rows.txt").write_text("a\nb\n")
        job = client.jobs.create_or_update(outer(rows=Input(type="uri_file", path=str(WORK / "rows.txt"))))
        ended(client, job.name)
        client.jobs.download(job.name, download_path=WORK / "registered", output_name="report")
        (report,) = (WORK / "registered").rglob("report.txt")
        check_equal(report.read_text(), "b\na\n", "the report")

    with step("cancelling a pipeline cancels what is inside its inner pipeline"):
        (WORK / "sleep.yml").write_text(
            f"type: pipeline\nsettings: {{default_compute: azureml:steps}}\njobs:\n  inner:\n    type: pipeline\n    component: ./slow.yml\n"
        )
        (WORK / "slow.yml").write_text(
            "type: pipeline\nname: step_slow\njobs:\n  sleep:\n    type: command\n    component:\n      type: command\n"
            f"      command: sleep 300\n      environment: {NATIVE}\n"
        )
        job = client.jobs.create_or_update(load_job(WORK / "sleep.yml"))
        deepest = f"{job.name}_inner_sleep"
        eventually(lambda: status(client, deepest) == "Running", "the inner job runs")
        client.jobs.begin_cancel(job.name).result()
        eventually(lambda: {status(client, name) for name in (job.name, f"{job.name}_inner", deepest)} == {"Canceled"}, "all of it is cancelled")


if __name__ == "__main__":
    main()
