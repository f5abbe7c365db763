"""MLflow's own client against the same server: once plainly over https, with MLFLOW_TRACKING_TOKEN, and once through
azureml:// as Azure's plug-in does. What one of them writes the other reads."""

import json
import os
import re
from pathlib import Path

import mlflow
import requests
from mlflow.exceptions import MlflowException
from mlflow.models import Model

from support.steps import Workspace, check, check_equal, expect_error, step, work_folder

WORK = work_folder("mlflow_client")
workspace = Workspace.current()
PLAIN = {name: os.environ[name] for name in ["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"]}


def use_plain():
    os.environ["MLFLOW_TRACKING_TOKEN"] = PLAIN["MLFLOW_TRACKING_TOKEN"]
    mlflow.set_tracking_uri(PLAIN["MLFLOW_TRACKING_URI"])


def use_plugin():
    """The address that MLClient.workspaces.get().mlflow_tracking_uri gives; the plug-in signs in by DefaultAzureCredential."""
    os.environ.pop("MLFLOW_TRACKING_TOKEN")
    mlflow.set_tracking_uri(f"azureml://{workspace.url.removeprefix('https://')}/mlflow/v1.0{workspace.path}")


def write_model(folder):
    folder.mkdir()
    Model(artifact_path="model", flavors={"light": {"data": "model.json"}}).save(folder / "MLmodel")
    (folder / "model.json").write_text(json.dumps({"weight": 1.5}))
    return folder


def tracking(name):
    """A run with everything in it; the same for both addresses."""
    client = mlflow.MlflowClient()
    with step(f"{name}: experiment, run, parameters, metrics, tags"):
        experiment = mlflow.set_experiment(f"compat/{name}")
        with mlflow.start_run(run_name="first", tags={"team": "fridge"}) as run:
            mlflow.log_params({f"p{number}": number for number in range(120)})
            mlflow.log_metric("mAP50", 0.5)
            for epoch in range(5):
                mlflow.log_metrics({"train/loss": 1 / (epoch + 1), "metrics/mAP50-95B": epoch / 10}, step=epoch)
            mlflow.set_tag("note", "bottles — 瓶子")
        stored = client.get_run(run.info.run_id)
        check_equal(stored.info.status, "FINISHED", "the status")
        check_equal(len(stored.data.params), 120, "the number of parameters")
        check_equal((stored.data.metrics["train/loss"], stored.data.metrics["mAP50"]), (0.2, 0.5), "the last values")
        check_equal((stored.data.tags["team"], stored.data.tags["note"]), ("fridge", "bottles — 瓶子"), "the tags")
        history = client.get_metric_history(run.info.run_id, "train/loss")
        check_equal([(point.step, point.value) for point in history], [(epoch, 1 / (epoch + 1)) for epoch in range(5)], "the history")
    with step(f"{name}: search of runs and experiments"):
        with mlflow.start_run(run_name="second") as second:
            mlflow.log_metric("mAP50", 0.9)
        best = client.search_runs([experiment.experiment_id], "metrics.mAP50 > 0.6", order_by=["metrics.mAP50 DESC"])
        check_equal([found.info.run_id for found in best], [second.info.run_id], "runs above 0.6")
        tagged = client.search_runs([experiment.experiment_id], "tags.team = 'fridge' and params.p7 = '7'")
        check_equal([found.info.run_id for found in tagged], [run.info.run_id], "runs by tag and parameter")
        found = mlflow.search_experiments(filter_string=f"name = 'compat/{name}'")
        check_equal([item.experiment_id for item in found], [experiment.experiment_id], "experiments by name")
    with step(f"{name}: artifacts up, listed, down"):
        folder = WORK / name
        (folder / "deep").mkdir(parents=True)
        (folder / "notes.txt").write_text("notes 筆記")
        (folder / "deep/large.bin").write_bytes(os.urandom(9 * 1024 * 1024))
        (folder / "deep/empty.txt").touch()
        with mlflow.start_run(run.info.run_id):
            mlflow.log_artifacts(str(folder), "files")
            mlflow.log_dict({"classes": ["can"]}, "classes.json")
        check_equal(sorted(item.path for item in client.list_artifacts(run.info.run_id, "files/deep")),
                    ["files/deep/empty.txt", "files/deep/large.bin"], "the files listed")
        copy = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="files", dst_path=str(WORK / f"{name}-copy")))
        for file in ["notes.txt", "deep/large.bin", "deep/empty.txt"]:
            check_equal((copy / file).read_bytes() == (folder / file).read_bytes(), True, f"{file} came back as it was")
        check_equal(mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/classes.json"), {"classes": ["can"]}, "the dictionary")
    return run.info.run_id


def registry(name):
    client = mlflow.MlflowClient()
    model_name = f"detector-{name}"
    with step(f"{name}: register_model, again, alias, load back"):
        folder = write_model(WORK / f"{name}-model")
        with mlflow.start_run() as run:
            mlflow.log_artifacts(str(folder), "model")
        uri = f"runs:/{run.info.run_id}/model"
        files = [item.path for item in client.list_artifacts(run.info.run_id, "model")]
        # Azure's plug-in finds a model's files twice: in the run and, because it asks for one, in a logged model.
        check_equal(sorted(files if name == "plain" else set(files)), ["model/MLmodel", "model/model.json"], "the model's files")
        made = [mlflow.register_model(uri, model_name) for _ in range(2)]
        check_equal([str(item.version) for item in made], ["1", "2"], "the versions")
        client.set_registered_model_alias(model_name, "champion", "2")
        check_equal(str(client.get_model_version_by_alias(model_name, "champion").version), "2", "the champion")
        client.set_model_version_tag(model_name, "1", "mAP50", "0.8")
        check_equal(client.get_model_version(model_name, "1").tags["mAP50"], "0.8", "the tag of version 1")
        check_equal(client.get_model_version(model_name, "1").run_id, run.info.run_id, "the run of version 1")
        found = sorted(str(item.version) for item in client.search_model_versions(f"name = '{model_name}'"))
        check_equal(found, ["1", "2"], "the versions found")
        for place in [f"models:/{model_name}/1", f"models:/{model_name}@champion", uri]:
            copy = Path(mlflow.artifacts.download_artifacts(place, dst_path=str(WORK / re.sub(r"\W", "-", f"{name}-{place}"))))
            check(list(copy.rglob("model.json")), f"{place} has no model.json but {[item.name for item in copy.rglob('*')]}")
    return model_name


def plain_only():
    with step("plain: errors are MLflow's own"):
        with expect_error(MlflowException, "not found", "get_run of an unknown run"):
            mlflow.MlflowClient().get_run("0" * 32)
        with expect_error(MlflowException, "", "a search that is no sentence"):
            mlflow.search_experiments(filter_string="name ~~ 1")
        with expect_error(MlflowException, "", "a registered model of no name"):
            mlflow.MlflowClient().create_registered_model("")
    with step("plain: no token, or a wrong one, is 401"):
        address = f"{workspace.url}/api/2.0/mlflow/experiments/search?max_results=1"
        check_equal(requests.get(address).status_code, 401, "the status without a token")
        check_equal(requests.get(address, headers={"Authorization": "Bearer x.y.z"}).status_code, 401, "the status with a wrong token")


def main():
    use_plain()
    run = tracking("plain")
    model = registry("plain")
    plain_only()
    use_plugin()
    other = tracking("plugin")
    registry("plugin")
    with step("what one address wrote the other reads"):
        client = mlflow.MlflowClient()
        written = client.get_model_version(model, "1").run_id
        again = mlflow.register_model(f"runs:/{written}/model", model)
        check_equal(str(again.version), "3", "the version that azureml:// registered of a plain run's model")
        check_equal(client.get_run(run).data.metrics["mAP50"], 0.5, "the plain run through azureml://")
        check_equal(str(client.get_model_version_by_alias(model, "champion").version), "2", "the plain model's alias through azureml://")
        use_plain()
        check_equal(mlflow.MlflowClient().get_run(other).data.metrics["mAP50"], 0.5, "the plug-in's run through https://")


if __name__ == "__main__":
    main()
