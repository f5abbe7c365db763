"""The flows of MLflow's users with whatever client runs this file (mlflow.md 1.8); the server is at MLFLOW_TRACKING_URI."""

import http.server
import json
import math
import os
import pathlib
import threading
import time

import mlflow
import pandas
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

from support.steps import check, check_equal, expect_error, step

NAME = os.environ["GENERATION"]
WORK = pathlib.Path(os.environ["WORK"])
MAJOR = int(mlflow.__version__.split(".")[0])
CLIENT = mlflow.MlflowClient()


def later(condition, what, seconds=15):
    until = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < until, f"{what}: not within {seconds} s")
        time.sleep(0.1)


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input * 2


def tracking():
    with step("set_experiment with a name like a path, twice, and by the same name after a deletion"):
        experiment = mlflow.set_experiment(f"/Shared/{NAME}")
        check_equal(mlflow.set_experiment(f"/Shared/{NAME}").experiment_id, experiment.experiment_id, "the id")
        gone = CLIENT.create_experiment(f"gone-{NAME}", tags={"a": "b"})
        with expect_error(MlflowException, "already exists", "a taken name"):
            CLIENT.create_experiment(f"gone-{NAME}")
        CLIENT.delete_experiment(gone)
        check_equal(CLIENT.get_experiment(gone).lifecycle_stage, "deleted", "the stage")
        check(CLIENT.create_experiment(f"gone-{NAME}") != gone, "the deleted experiment blocks its name")
        CLIENT.set_experiment_tag(experiment.experiment_id, "team", "fridge")
        found = mlflow.search_experiments(filter_string=f"tags.team = 'fridge' AND name ILIKE '/shared/{NAME}'")
        check_equal([item.name for item in found], [f"/Shared/{NAME}"], "the experiments found")
    with step("start_run, log_*, set_tags, end_run; the keys of the Ultralytics callback; more than a hundred parameters"):
        with mlflow.start_run(run_name="first", tags={"team": "a'b\"c"}, description="what it is") as run:
            mlflow.log_param("lr", 0.1)
            mlflow.log_params({f"p{number}": number for number in range(250)})
            mlflow.log_metric("single", 0.5)
            for epoch in range(5):
                mlflow.log_metrics({"lr/pg0": 0.1 / (epoch + 1), "metrics/mAP50-95B": epoch / 10, "val/box loss": 1.0}, step=epoch)
            mlflow.log_metric("broken", float("nan"))
            mlflow.log_metric("broken", math.inf, step=1)
            mlflow.set_tags({"note": "瓶子", "empty": ""})
            with mlflow.start_run(nested=True, run_name="child"):
                mlflow.log_metric("single", 0.25)
        stored = CLIENT.get_run(run.info.run_id)
        check_equal((stored.info.status, stored.info.run_name), ("FINISHED", "first"), "status and name")
        check_equal(len(stored.data.params), 251, "the number of parameters")
        check_equal(stored.data.tags["note"], "瓶子", "a tag")
        check(stored.data.metrics["broken"] > 1e308, "the infinity is lost")
        history = CLIENT.get_metric_history(run.info.run_id, "metrics/mAP50-95B")
        check_equal([(point.step, point.value) for point in history], [(epoch, epoch / 10) for epoch in range(5)], "the history")
        check(math.isnan(CLIENT.get_metric_history(run.info.run_id, "broken")[0].value), "NaN is lost")
    with step("log_batch, a changed parameter, unknown runs, deleted runs: MLflow's own errors"):
        now = int(time.time() * 1000)
        CLIENT.log_batch(run.info.run_id, [Metric("b", step, now, step) for step in range(1000)])
        CLIENT.log_batch(run.info.run_id, [], [Param("q", "1")], [RunTag("t", "1")])
        with expect_error(MlflowException, "", "a changed parameter"):
            CLIENT.log_param(run.info.run_id, "q", "2")
        with expect_error(MlflowException, "not found", "an unknown run"):
            CLIENT.get_run("0" * 32)
        CLIENT.log_batch(run.info.run_id, [Metric("more", 1.0, now, step) for step in range(2500)])
        check_equal(len(CLIENT.get_metric_history(run.info.run_id, "more")), 2500, "points of several batches")
        CLIENT.delete_run(run.info.run_id)
        with expect_error(MlflowException, "must be in the 'active' state", "a deleted run"):
            CLIENT.log_metric(run.info.run_id, "x", 1.0)
        CLIENT.restore_run(run.info.run_id)
        CLIENT.set_terminated(run.info.run_id, "FAILED")
        CLIENT.update_run(run.info.run_id, status="FINISHED", name="renamed")
        check_equal(CLIENT.get_run(run.info.run_id).data.tags["mlflow.runName"], "renamed", "the tag of the new name")
        CLIENT.delete_tag(run.info.run_id, "t")
    with step("search_runs: filters, orders, pages, views"):
        ids = [experiment.experiment_id]
        for filter_string, count in [
            ("metrics.single > 0.3", 1), ("metrics.`metrics/mAP50-95B` >= 0.4 and params.lr = '0.1'", 1), ("tags.team = \"a'b\"\"c\"", None), ("attributes.run_name LIKE 'ren%'", 1),
            ("attributes.status = 'FINISHED'", 2), ("params.p7 = '7' AND tags.note ILIKE '%瓶%'", 1), (f"attributes.run_id IN ('{run.info.run_id}', 'x')", 1), ("tags.mlflow.parentRunId != ''", 1)]:
            if count is not None:
                check_equal(len(CLIENT.search_runs(ids, filter_string)), count, f"runs with {filter_string}")
        for wrong in ["metrics.x = 'a'", "nonsense", "params.p = 1", "metrics.a > 1 OR metrics.b > 1"]:
            with expect_error(MlflowException, "", wrong):
                CLIENT.search_runs(ids, wrong)
        check_equal([item.info.run_name for item in CLIENT.search_runs(ids, order_by=["metrics.single ASC"])], ["child", "renamed"], "the order")
        page = CLIENT.search_runs(ids, max_results=1)
        check_equal(len(CLIENT.search_runs(ids, max_results=1, page_token=page.token)), 1, "the second page")
        check_equal(CLIENT.search_runs(ids, run_view_type=ViewType.DELETED_ONLY), [], "the bin")
        check_equal(len(mlflow.search_runs(ids, output_format="list")), 2, "fluent runs")
        check("metrics.single" in mlflow.search_runs(ids).columns, "the table has no column of the metric")
    with step("artifacts: files, folders, texts, tables; listed and downloaded"):
        WORK.mkdir(parents=True)
        (WORK / "weights").mkdir()
        (WORK / "weights/best model 100%.pt").write_bytes(os.urandom(3_000_000))
        (WORK / "weights/冰箱.txt").write_text("fridge")
        with mlflow.start_run(run.info.run_id):
            mlflow.log_artifact(str(WORK / "weights"))
            mlflow.log_text("text", "deep/er/a.txt")
            mlflow.log_dict({"a": [1]}, "a.json")
            for number in range(2):
                mlflow.log_table(pandas.DataFrame({"x": [number]}), "table.json")
        check_equal(sorted(item.path for item in CLIENT.list_artifacts(run.info.run_id)), ["a.json", "deep", "table.json", "weights"], "the files at the top")
        copy = pathlib.Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="weights", dst_path=str(WORK / "copy")))
        for item in (WORK / "weights").iterdir():
            check_equal((copy / item.name).read_bytes() == item.read_bytes(), True, f"{item.name} came back as it was")
        check_equal(mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/deep/er/a.txt"), "text", "the text")
        check_equal(len(json.loads(mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/table.json"))["data"]), 2, "rows of the table")
    with step("log_input: a dataset of the run"):
        data = mlflow.data.from_pandas(pandas.DataFrame({"x": [1, 2]}), name="fridge")
        with mlflow.start_run(run.info.run_id):
            mlflow.log_input(data, context="training")
        inputs = CLIENT.get_run(run.info.run_id).inputs.dataset_inputs
        check_equal([(item.dataset.name, item.dataset.digest) for item in inputs], [("fridge", data.digest)], "the datasets")
        check_equal(len(CLIENT.search_runs(ids, "dataset.name = 'fridge' and datasets.context = 'training'")), 1, "runs by dataset")
    return experiment.experiment_id


def models():
    name = f"Doubler {NAME}"
    with step("pyfunc.log_model with a registered name, loaded by version, alias and run"):
        with mlflow.start_run() as run:
            where = {"name": "model"} if MAJOR >= 3 else {"artifact_path": "model"}
            logged = mlflow.pyfunc.log_model(python_model=Doubler(), registered_model_name=name, pip_requirements=["mlflow-skinny"], **where)
        CLIENT.set_registered_model_alias(name, "champion", "1")
        for uri in [f"models:/{name}/1", f"models:/{name}@champion", logged.model_uri, f"runs:/{run.info.run_id}/model", f"models:/{name}/latest"]:
            check_equal(int(mlflow.pyfunc.load_model(uri).predict(21)), 42, f"what {uri} predicts")
    with step("register_model, tags, stages, aliases, searches, downloads"):
        again = mlflow.register_model(logged.model_uri, name)
        check_equal(str(again.version), "2", "the version")
        CLIENT.set_model_version_tag(name, "2", "mAP", "0.8")
        CLIENT.update_model_version(name, "2", "the second")
        CLIENT.set_registered_model_tag(name, "task", "detection")
        CLIENT.transition_model_version_stage(name, "1", "staging")
        CLIENT.transition_model_version_stage(name, "2", "Staging", archive_existing_versions=True)
        check_equal(CLIENT.get_model_version(name, "1").current_stage, "Archived", "the stage of version 1")
        check_equal([str(item.version) for item in CLIENT.get_latest_versions(name, ["Staging"])], ["2"], "the latest in Staging")
        check_equal(str(CLIENT.get_model_version_by_alias(name, "champion").version), "1", "the champion")
        check_equal([str(item.version) for item in CLIENT.search_model_versions(f"name = '{name}' and tags.mAP = '0.8'")], ["2"], "versions by tag")
        check_equal([item.name for item in CLIENT.search_registered_models("tags.task = 'detection' and name LIKE '%" + NAME + "'")], [name], "models by tag")
        CLIENT.delete_registered_model_alias(name, "champion")
        with expect_error(MlflowException, "alias champion not found", "a deleted alias"):
            CLIENT.get_model_version_by_alias(name, "champion")
        with expect_error(MlflowException, "", "a source on the disk"):
            CLIENT.create_model_version(name, "file:///etc")
        CLIENT.rename_registered_model(name, name + " new")
        check_equal(len(CLIENT.get_registered_model(name + " new").latest_versions), 2, "the latest of each stage")
        CLIENT.delete_model_version(name + " new", "1")
        CLIENT.delete_registered_model(name + " new")
        with expect_error(MlflowException, "not found", "a deleted model"):
            CLIENT.get_registered_model(name + " new")
    if MAJOR >= 3:
        with step("logged models: made, searched, ordered by a metric, tagged, deleted"):
            experiment = mlflow.set_experiment(f"models-{NAME}")
            made = [mlflow.initialize_logged_model(name=f"m{number}", params={"depth": number}) for number in range(3)]
            with mlflow.start_run():
                for number, model in enumerate(made):
                    mlflow.log_metric("mAP", number / 10, model_id=model.model_id)
            mlflow.finalize_logged_model(made[0].model_id, "READY")
            best = mlflow.search_logged_models([experiment.experiment_id], order_by=[{"field_name": "metrics.mAP", "ascending": False}], output_format="list")
            check_equal([model.name for model in best], ["m2", "m1", "m0"], "the models by mAP")
            ready = mlflow.search_logged_models([experiment.experiment_id], filter_string="status = 'READY' AND params.depth = '0'", output_format="list")
            check_equal([model.name for model in ready], ["m0"], "the finished model")
            mlflow.set_logged_model_tags(made[1].model_id, {"a": "b"})
            check_equal(mlflow.get_logged_model(made[1].model_id).tags["a"], "b", "the tag")
            CLIENT.delete_logged_model_tag(made[1].model_id, "a")
            CLIENT.delete_logged_model(made[2].model_id)
            check_equal(len(mlflow.search_logged_models([experiment.experiment_id], output_format="list")), 2, "the models left")


def generative():
    if not hasattr(mlflow, "trace"):
        return
    with step("traces: decorated functions, found, read with their spans, tagged, deleted"):
        experiment = mlflow.set_experiment(f"traces-{NAME}")

        @mlflow.trace(name="inner", attributes={"size": 3})
        def inner(number):
            return number * 2

        @mlflow.trace(name="outer")
        def outer(number):
            return inner(number) + 1

        check_equal(outer(20), 41, "what the traced function returns")
        if hasattr(mlflow, "flush_trace_async_logging"):
            mlflow.flush_trace_async_logging()
        look = lambda: CLIENT.search_traces(**({"locations": [experiment.experiment_id]} if MAJOR >= 3 else {"experiment_ids": [experiment.experiment_id]}))
        later(lambda: len(look()) == 1, "the trace")
        trace = look()[0]
        check_equal(sorted(span.name for span in trace.data.spans), ["inner", "outer"], "the spans")
        id = trace.info.trace_id if MAJOR >= 3 else trace.info.request_id
        check_equal(str(getattr(trace.info, "state", None) or trace.info.status).rsplit(".", 1)[-1], "OK", "the state")
        CLIENT.set_trace_tag(id, "k", "v")
        check_equal(CLIENT.get_trace(id).info.tags["k"], "v", "the tag")
        CLIENT.delete_trace_tag(id, "k")
        if MAJOR >= 3:
            feedback = mlflow.log_feedback(trace_id=id, name="good", value=True, rationale="it is")
            check_equal(mlflow.get_assessment(id, feedback.assessment_id).value, True, "the feedback")
        check_equal(CLIENT.delete_traces(experiment.experiment_id, max_timestamp_millis=int(time.time() * 1000) + 1000), 1, "traces deleted")
    if MAJOR < 3:
        return
    with step("prompts: registered, loaded by version and alias, searched"):
        prompt = mlflow.genai.register_prompt(f"greet-{NAME}", "Hello {{name}}!", commit_message="first", tags={"team": "fridge"})
        mlflow.genai.register_prompt(prompt.name, "Good day {{name}}!")
        mlflow.genai.set_prompt_alias(prompt.name, "live", 2)
        check_equal(mlflow.genai.load_prompt(f"prompts:/{prompt.name}@live").format(name="Ada"), "Good day Ada!", "the prompt by alias")
        check_equal(mlflow.genai.load_prompt(prompt.name, version=1).template, "Hello {{name}}!", "the first version")
        check_equal([item.name for item in mlflow.genai.search_prompts(f"name = '{prompt.name}'")], [prompt.name], "the prompts found")
        check(prompt.name not in [item.name for item in CLIENT.search_registered_models()], "a prompt is listed among the models")
    if not hasattr(CLIENT, "create_webhook"):
        return
    with step("webhooks: made, tested, told of a new model"):
        from mlflow.entities.webhook import WebhookEvent

        received = []

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                received.append((dict(self.headers), json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        events = [WebhookEvent.from_str("registered_model.created")]
        hook = CLIENT.create_webhook(f"hook {NAME}", f"http://127.0.0.1:{receiver.server_port}/", events, secret="s3cret")
        check(CLIENT.test_webhook(hook.webhook_id).success, "the test message did not arrive")
        CLIENT.create_registered_model(f"told-{NAME}")
        later(lambda: any(body["data"]["name"] == f"told-{NAME}" for _, body in received), "the message of the new model")
        check(all("X-MLflow-Signature" in {name.replace("Mlflow", "MLflow") for name in headers} for headers, _ in received), "a message is not signed")
        check_equal([item.name for item in CLIENT.list_webhooks()], [f"hook {NAME}"], "the webhooks")
        CLIENT.delete_webhook(hook.webhook_id)
        receiver.shutdown()


if __name__ == "__main__":
    tracking()
    models()
    generative()
