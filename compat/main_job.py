"""The main job through azure-ai-ml, azure-identity and mlflow as they come from PyPI, pointed at the server by environment
variables alone: data, environment, compute, command job, stream, pipeline, model, endpoint, deployment, traffic."""

import base64
import json
import os
import sys
from pathlib import Path

import mlflow
from azure.ai.ml import Input, MLClient, Output, PyTorchDistribution, command, dsl, load_component, load_environment, load_job
from azure.ai.ml import load_online_deployment, load_online_endpoint
from azure.ai.ml.constants import AssetTypes
from azure.ai.ml.entities import AmlCompute, Data, Environment, Model
from azure.ai.ml.exceptions import JobException
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential

from support.steps import Workspace, captured_output, check, check_equal, eventually, expect_error, step, work_folder

PROJECT = Path(__file__).parent / "project"
WORK = work_folder("main_job")
workspace = Workspace.current()


def connect():
    (WORK / "config.json").write_text(
        json.dumps(
            {
                "subscription_id": workspace.subscription,
                "resource_group": workspace.resource_group,
                "workspace_name": workspace.name,
            }
        )
    )
    return MLClient.from_config(DefaultAzureCredential(), path=str(WORK))


def versions(found):
    return sorted(int(item.version) for item in found)


def make_photos(folder, count):
    sys.path.insert(0, str(PROJECT / "src"))
    import photos

    folder.mkdir()
    labels = {f"photo{number:02}.pgm": number % 2 for number in range(count)}
    for number, (name, on) in enumerate(labels.items()):
        photos.write(folder / name, 190 if on else 60, seed=number)
    (folder.parent / "annotations.json").write_text(json.dumps(labels))


def data_assets(client):
    make_photos(WORK / "photos", 30)
    with step("data: a local folder and a local file"):
        images = client.data.create_or_update(
            Data(name="light-images", path=str(WORK / "photos"), type=AssetTypes.URI_FOLDER, description="photos", tags={"stage": "raw"})
        )
        check_equal(images.version, "1", "the first version")
        labels = client.data.create_or_update(Data(name="light-annotations", path=str(WORK / "annotations.json"), type=AssetTypes.URI_FILE))
        check(labels.path.endswith("/annotations.json"), f"the path of the file asset is {labels.path}")
    with step("data: the same from azureml://datastores/..., a version more"):
        relative = images.path.split("/paths/")[1]
        second = client.data.create_or_update(
            Data(name="light-images", path=f"azureml://datastores/workspaceblobstore/paths/{relative}", type=AssetTypes.URI_FOLDER)
        )
        check_equal(second.version, "2", "the version counted up")
    with step("data: list, get, latest, archive, restore"):
        check_equal(versions(client.data.list(name="light-images")), [1, 2], "the versions listed")
        check("light-annotations" in {item.name for item in client.data.list()}, "the list of assets lacks light-annotations")
        shown = client.data.get("light-images", version="1")
        check_equal((shown.description, shown.tags["stage"]), ("photos", "raw"), "what version 1 says")
        check_equal(client.data.get("light-images", label="latest").version, "2", "@latest")
        client.data.archive("light-images", version="2")
        check_equal(versions(client.data.list(name="light-images")), [1], "the versions listed without the archived one")
        client.data.restore("light-images", version="2")
        check_equal(versions(client.data.list(name="light-images")), [1, 2], "the versions after restore")
    with step("data: an unknown name or version is a 404"):
        with expect_error(ResourceNotFoundError, "no-such", "get of unknown data"):
            client.data.get("no-such", version="1")


def environment_and_compute(client):
    with step("environment: image and conda file, versions"):
        made = client.environments.create_or_update(load_environment(PROJECT / "environments/train.yml"))
        check_equal((made.name, made.version), ("light-train", "1"), "the environment")
        shown = client.environments.get("light-train", label="latest")
        check("mlflow-skinny==3.*" in shown.conda_file["dependencies"][-1]["pip"], f"the conda file came back as {shown.conda_file}")
        check("light-train" in {item.name for item in client.environments.list()}, "the list lacks light-train")
    with step("compute: AmlCompute create, get, list"):
        made = client.compute.begin_create_or_update(
            AmlCompute(name="compat-cluster", size="Standard_DS3_v2", min_instances=0, max_instances=2, idle_time_before_scale_down=120)
        ).result()
        check_equal(made.provisioning_state, "Succeeded", "the state of the compute")
        shown = client.compute.get("compat-cluster")
        check_equal((shown.type, shown.max_instances), ("amlcompute", 2), "the compute")
        check("compat-cluster" in {item.name for item in client.compute.list()}, "the list lacks compat-cluster")


def command_job(client):
    job = command(
        code=str(PROJECT / "src"),
        command="python train.py --images ${{inputs.images}} --annotations ${{inputs.annotations}} --epochs ${{inputs.epochs}}"
        " --model_output ${{outputs.model_output}}",
        inputs={
            "images": Input(type=AssetTypes.URI_FOLDER, path="light-images@latest"),
            "annotations": Input(type=AssetTypes.URI_FILE, path="azureml:light-annotations:1"),
            "epochs": 20,
        },
        outputs={"model_output": Output(type=AssetTypes.URI_FOLDER)},
        environment="light-train@latest",
        compute="compat-cluster",
        experiment_name="compat_light",
        display_name="train-light",
        environment_variables={"PYTHONHASHSEED": "0"},
        tags={"kind": "compat"},
    )
    with step("job: create a command job with local code, stream it to its end"):
        made = client.jobs.create_or_update(job)
        with captured_output() as streamed:
            client.jobs.stream(made.name)
        text = streamed.getvalue()
        check("epoch 20/20" in text, f"the stream lacks the script's last epoch:\n{text}")
        check("Execution Summary" in text, f"the stream has no summary:\n{text}")
        print("          " + next(line for line in text.splitlines() if line.startswith("epoch 20/20")))
    with step("job: get, list"):
        shown = client.jobs.get(made.name)
        check_equal((shown.status, shown.display_name, shown.experiment_name), ("Completed", "train-light", "compat_light"), "the job")
        check_equal(shown.tags["kind"], "compat", "the job's tag")
        check(made.name in {item.name for item in client.jobs.list()}, "the list of jobs lacks the new one")
    with step("job: the same code is uploaded once"):
        again = client.jobs.create_or_update(job)
        check(again.name != made.name, "a second submit has the name of the first")
        check_equal(again.code, made.code, "the code of the second submit")
        check_equal(finished(client, again.name), "Completed", "the second job")
    with step("job: download of one output and of everything"):
        client.jobs.download(made.name, output_name="model_output", download_path=str(WORK / "one"))
        model = list((WORK / "one").rglob("model.json"))
        check(len(model) == 1 and set(json.loads(model[0].read_text())) == {"weight", "bias"}, f"downloaded {model}")
        client.jobs.download(made.name, all=True, download_path=str(WORK / "all"))
        names = {path.name for path in (WORK / "all").rglob("*") if path.is_file()}
        check({"model.json", "std_log.txt"} <= names, f"download --all brought {sorted(names)}")
    return made.name


def finished(client, name):
    ended = {"Completed", "Failed", "Canceled"}
    eventually(lambda: client.jobs.get(name).status in ended, f"the end of job {name}", seconds=180)
    return client.jobs.get(name).status


def job_ends(client):
    def short(text):
        return command(command=text, environment="light-train@latest", compute="compat-cluster", experiment_name="compat_ends")

    with step("job: a failed one raises in stream, with the script's words"):
        made = client.jobs.create_or_update(short("python -c 'raise SystemExit(\"the fridge is empty\")'"))
        with captured_output(), expect_error(JobException, "the fridge is empty", "stream of a failed job"):
            client.jobs.stream(made.name)
        check_equal(client.jobs.get(made.name).status, "Failed", "the failed job")
    with step("job: cancel"):
        made = client.jobs.create_or_update(short("echo started; sleep 300"))
        eventually(lambda: client.jobs.get(made.name).status == "Running", "the job to run")
        client.jobs.begin_cancel(made.name).result()
        check_equal(finished(client, made.name), "Canceled", "the cancelled job")
    with step("job: two ranks, of which one fails and one waits"):
        pair = short("echo rank $RANK of $WORLD_SIZE at $MASTER_ADDR; if [ $RANK = 1 ]; then sleep 1; exit 7; fi; sleep 300")
        pair.distribution = PyTorchDistribution(process_count_per_instance=2)
        ranks = client.jobs.create_or_update(pair)
        check_equal(finished(client, ranks.name), "Failed", "the job of two ranks")
        client.jobs.download(ranks.name, all=True, download_path=str(WORK / "ranks"))
        logs = {path.name: path.read_text() for path in (WORK / "ranks").rglob("std_log_process_*.txt")}
        check_equal(logs["std_log_process_1.txt"], "rank 1 of 2 at 127.0.0.1\n", "the log of rank 1")
        check_equal(logs["std_log_process_0.txt"], "rank 0 of 2 at 127.0.0.1\n", "the log of rank 0")
    with step("job: archive, restore"):
        client.jobs.archive(made.name)
        check(made.name not in {item.name for item in client.jobs.list()}, "an archived job is still listed")
        client.jobs.restore(made.name)
        check(made.name in {item.name for item in client.jobs.list()}, "a restored job is not listed")
    with step("job: a wrong reference is refused at once"):
        wrong = short("true")
        wrong.environment = "azureml:light-train:99"
        with expect_error(HttpResponseError, "light-train", "a job with an unknown environment"):
            client.jobs.create_or_update(wrong)


def tracking(client, job):
    with step("mlflow: metrics and parameters of the job through azureml://"):
        mlflow.set_tracking_uri(client.workspaces.get(workspace.name).mlflow_tracking_uri)
        # The plug-in signs in by DefaultAzureCredential.
        os.environ.pop("MLFLOW_TRACKING_TOKEN", None)
        tracker = mlflow.MlflowClient()
        run = tracker.get_run(job)
        check_equal(run.data.params["epochs"], "20", "the parameter epochs")
        check_equal(run.data.metrics["accuracy"], 1.0, "the last accuracy")
        losses = tracker.get_metric_history(job, "loss")
        check_equal([point.step for point in losses], list(range(20)), "the steps of loss")
        check(losses[-1].value < losses[0].value / 2, f"the loss went from {losses[0].value} to {losses[-1].value}")
        experiment = tracker.get_experiment_by_name("compat_light")
        check(job in {found.info.run_id for found in tracker.search_runs([experiment.experiment_id])}, "search_runs lacks the job")
    with step("mlflow: artifacts of the job through azureml://"):
        found = sorted({item.path for item in tracker.list_artifacts(job, "model")})
        check_equal(found, ["model/MLmodel", "model/model.json"], "the artifacts")
        path = Path(mlflow.artifacts.download_artifacts(run_id=job, artifact_path="model/model.json", dst_path=str(WORK)))
        check("weight" in json.loads(path.read_text()), f"the artifact holds {path.read_text()}")


def models(client, job):
    with step("model: from a job's named output"):
        made = client.models.create_or_update(
            Model(
                name="light", path=f"azureml://jobs/{job}/outputs/model_output", type=AssetTypes.CUSTOM_MODEL, properties={"accuracy": 1.0}
            )
        )
        check_equal(made.version, "1", "the version of the model")
        client.models.download("light", version="1", download_path=str(WORK / "models"))
        check(list((WORK / "models").rglob("model.json")), "the downloaded model has no model.json")
    with step("model: from the artifacts that the job logged, as the seed writes it"):
        made = client.models.create_or_update(
            Model(name="light-artifact", path=f"azureml://jobs/{job}/outputs/artifacts/paths/model/", type=AssetTypes.CUSTOM_MODEL)
        )
        client.models.download("light-artifact", version=made.version, download_path=str(WORK / "artifact"))
        check(list((WORK / "artifact").rglob("model.json")), "the model of the logged artifacts has no model.json")
    with step("model: from a local file, list, latest, archive, restore"):
        local = next((WORK / "one").rglob("model.json"))
        client.models.create_or_update(Model(name="light", path=str(local), type=AssetTypes.CUSTOM_MODEL))
        check_equal(versions(client.models.list(name="light")), [1, 2], "the versions of the model")
        check_equal(client.models.get("light", label="latest").version, "2", "the latest version")
        client.models.archive("light", version="2")
        check_equal(versions(client.models.list(name="light")), [1], "the versions without the archived one")
        client.models.restore("light", version="2")
    with step("model: mlflow.register_model of the job's artifact"):
        registered = mlflow.register_model(f"runs:/{job}/model", "light-mlflow")
        check_equal(str(registered.version), "1", "the version that mlflow registered")
        check_equal(client.models.get("light-mlflow", version="1").name, "light-mlflow", "the same model through the SDK")


def pipelines(client):
    with step("component: register, version, get, list"):
        train = client.components.create_or_update(load_component(PROJECT / "components/train.yml"))
        check(train.version, "a registered component has no version")
        check_equal(client.components.get("train_light", version=train.version).inputs["epochs"]["type"], "integer", "the type of epochs")
        client.components.create_or_update(load_component(PROJECT / "components/evaluate.yml"))
        check({"train_light", "evaluate_light"} <= {item.name for item in client.components.list()}, "the list lacks a component")
    with step("pipeline: YAML; a step signs in and registers the model"):
        made = client.jobs.create_or_update(load_job(PROJECT / "pipelines/training_pipeline.yml"))
        with captured_output():
            client.jobs.stream(made.name)
        check_equal(client.jobs.get(made.name).status, "Completed", "the pipeline")
        model = client.models.get("light-from-pipeline", label="latest")
        check_equal(model.properties["mAP50"], "0.78", "the property that the step wrote")
        children = list(client.jobs.list(parent_job_name=made.name))
        check_equal({child.status for child in children}, {"Completed"}, "the steps' states")
        check_equal(len(children), 2, "the number of steps")
    with step("pipeline: @dsl.pipeline, registered components, an output of the whole"):
        evaluate = client.components.get("evaluate_light", label="latest")

        @dsl.pipeline(name="train_and_evaluate", default_compute="compat-cluster", experiment_name="compat_pipeline")
        def train_and_evaluate(images, annotations, epochs=4):
            trained = train(images=images, annotations=annotations, epochs=epochs)
            judged = evaluate(model=trained.outputs.model_output, images=images, annotations=annotations)
            return {"report": judged.outputs.report}

        made = client.jobs.create_or_update(
            train_and_evaluate(
                images=Input(type=AssetTypes.URI_FOLDER, path="light-images@latest"),
                annotations=Input(type=AssetTypes.URI_FILE, path="light-annotations@latest"),
            )
        )
        with captured_output():
            client.jobs.stream(made.name)
        client.jobs.download(made.name, output_name="report", download_path=str(WORK / "pipeline"))
        report = list((WORK / "pipeline").rglob("metrics.json"))
        check(report and json.loads(report[0].read_text())["accuracy"] > 0.9, f"the pipeline's report: {report}")
    with step("pipeline: a failed step fails it, with the step's error"):

        @dsl.pipeline(name="fails", default_compute="compat-cluster", experiment_name="compat_pipeline")
        def fails(images):
            train(images=images, annotations=images, epochs=1)

        made = client.jobs.create_or_update(fails(images=Input(type=AssetTypes.URI_FOLDER, path="light-images@latest")))
        with captured_output(), expect_error(JobException, "IsADirectoryError", "stream of a failed pipeline"):
            client.jobs.stream(made.name)
    with step("pipeline: cancel stops its steps"):
        wait = command(command="echo waiting; sleep 300", environment="light-train@latest", compute="compat-cluster")

        @dsl.pipeline(name="waits", default_compute="compat-cluster", experiment_name="compat_pipeline")
        def waits():
            wait()

        made = client.jobs.create_or_update(waits())

        def steps():
            return [child.status for child in client.jobs.list(parent_job_name=made.name)]

        eventually(lambda: steps() == ["Running"], "the step to run")
        client.jobs.begin_cancel(made.name).result()
        check_equal(finished(client, made.name), "Canceled", "the cancelled pipeline")
        check_equal(steps(), ["Canceled"], "its step")


def serving(client):
    name = "light-endpoint"
    dark, bright = (WORK / "dark.json", WORK / "bright.json")
    for path, photo in [(dark, "photo00.pgm"), (bright, "photo01.pgm")]:
        path.write_text(json.dumps({"image": base64.b64encode((WORK / "photos" / photo).read_bytes()).decode()}))

    def invoke(request, deployment=None):
        answer = json.loads(client.online_endpoints.invoke(name, request_file=str(request), deployment_name=deployment))
        return json.loads(answer) if isinstance(answer, str) else answer

    with step("endpoint: create"):
        made = client.online_endpoints.begin_create_or_update(load_online_endpoint(PROJECT / "endpoints/online_endpoint.yml")).result()
        check_equal(made.provisioning_state, "Succeeded", "the state of the endpoint")
        check(made.scoring_uri.startswith("https://"), f"the scoring address is {made.scoring_uri}")
    with step("deployment: blue, from score.py, a model and an environment"):
        blue = load_online_deployment(PROJECT / "endpoints/blue_deployment.yml")
        made = client.online_deployments.begin_create_or_update(blue).result()
        check_equal(made.provisioning_state, "Succeeded", "the state of the deployment")
        set_traffic(client, name, {"blue": 100})
    with step("endpoint: invoke"):
        check_equal([invoke(request)["light"] for request in (dark, bright)], ["off", "on"], "the answers")
    with step("endpoint: a traffic split of blue and green"):
        green = load_online_deployment(PROJECT / "endpoints/blue_deployment.yml", params_override=[{"name": "green"}])
        green.environment_variables = {"DEPLOYMENT": "green"}
        client.online_deployments.begin_create_or_update(green).result()
        check_equal(invoke(bright)["deployment"], "blue", "who answers without traffic for green")
        set_traffic(client, name, {"blue": 50, "green": 50})
        answers = [invoke(bright)["deployment"] for _ in range(24)]
        check({"blue", "green"} == set(answers), f"of 24 answers came {answers.count('green')} from green at 50 %")
        set_traffic(client, name, {"blue": 0, "green": 100})
        check_equal({invoke(bright)["deployment"] for _ in range(5)}, {"green"}, "who answers when green has all the traffic")
        # Not earlier: this version of the SDK sends a deployment's name with every request that follows.
        check_equal(invoke(bright, "blue")["deployment"], "blue", "who answers when blue is named")
        check_equal(len(list(client.online_deployments.list(name))), 2, "the number of deployments")
    with step("endpoint: keys, regenerate, logs"):
        keys = client.online_endpoints.get_keys(name)
        check(keys.primary_key and keys.primary_key != keys.secondary_key, "the keys are empty or equal")
        client.online_endpoints.begin_regenerate_keys(name, key_type="primary").result()
        check(client.online_endpoints.get_keys(name).primary_key != keys.primary_key, "regenerate left the primary key as it was")
        check_equal(invoke(bright, "green")["light"], "on", "the answer after regenerate")
        eventually(
            lambda: "scored a photo of brightness" in client.online_deployments.get_logs("green", name, lines=100),
            "the script's print in the deployment's log",
            seconds=10,
        )
    with step("endpoint: a broken score.py fails the deployment with its words"):
        broken = load_online_deployment(PROJECT / "endpoints/blue_deployment.yml", params_override=[{"name": "broken"}])
        broken.model = None
        with expect_error(HttpResponseError, "AZUREML_MODEL_DIR", "a deployment whose init() raises"):
            client.online_deployments.begin_create_or_update(broken).result()
    with step("endpoint: delete"):
        with expect_error(HttpResponseError, "traffic", "deletion of a deployment with traffic"):
            client.online_deployments.begin_delete(name="green", endpoint_name=name).result()
        client.online_deployments.begin_delete(name="blue", endpoint_name=name).result()
        client.online_endpoints.begin_delete(name).result()
        with expect_error(ResourceNotFoundError, name, "get of a deleted endpoint"):
            client.online_endpoints.get(name)


def set_traffic(client, name, traffic):
    endpoint = client.online_endpoints.get(name)
    endpoint.traffic = traffic
    client.online_endpoints.begin_create_or_update(endpoint).result()
    check_equal(client.online_endpoints.get(name).traffic, traffic, "the traffic")


def main():
    with step("sign in and find the workspace"):
        client = connect()
        found = client.workspaces.get(workspace.name)
        check_equal(found.resource_group, workspace.resource_group, "the resource group")
    data_assets(client)
    environment_and_compute(client)
    job = command_job(client)
    job_ends(client)
    tracking(client, job)
    models(client, job)
    pipelines(client)
    serving(client)


if __name__ == "__main__":
    main()
