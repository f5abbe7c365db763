"""Every address of the server, asked by everybody it should turn away: nobody, a stranger, yesterday's token, a token for
something else, a token that was tampered with. Only health, the cloud's metadata and sign-in answer without one."""

import base64
import json
import os
import time

import requests
from azure.identity import DefaultAzureCredential

from support.steps import Workspace, check, check_equal, step

workspace = Workspace.current()
session = requests.Session()
path = workspace.path
collections = [
    "data", "datastores", "environments", "components", "codes", "models", "jobs", "computes", "schedules", "onlineEndpoints", "batchEndpoints",
]
scope = path.lstrip("/")
MANAGEMENT = (
    [("GET", "/subscriptions"), ("GET", f"/subscriptions/{workspace.subscription}/resourceGroups"), ("GET", path), ("PUT", path), ("DELETE", path)]
    + [(method, f"{path}/{name}{rest}") for name in collections for method, rest in [("GET", ""), ("GET", "/x"), ("PUT", "/x"), ("DELETE", "/x")]]
    + [(method, f"{path}/{name}/x/versions{rest}") for name in ["data", "models", "components", "environments", "codes"]
       for method, rest in [("GET", ""), ("GET", "/1"), ("PUT", "/1"), ("DELETE", "/1"), ("POST", "/1/startPendingUpload")]]
    + [("POST", f"{path}/{action}") for action in
       ["listKeys", "datastores/workspaceblobstore/listSecrets", "jobs/x/cancel", "onlineEndpoints/x/listKeys", "onlineEndpoints/x/regenerateKeys",
        "onlineEndpoints/x/token", "onlineEndpoints/x/deployments/y/getLogs", "computes/x/start", "schedules/x/trigger"]]
    + [("GET", f"{path}/onlineEndpoints/x/deployments"), ("PUT", f"{path}/onlineEndpoints/x/deployments/y")]
)
TRACKING = [
    (method, f"/{prefix}/{rest}") for prefix in ["api/2.0/mlflow", "ajax-api/2.0/mlflow", "api/3.0/mlflow", f"mlflow/v1.0/{scope}/api/2.0/mlflow", f"mlflow/v2.0/{scope}/api/2.0/mlflow"]
    for method, rest in [
        ("GET", "experiments/get?experiment_id=0"), ("POST", "experiments/create"), ("POST", "experiments/search"), ("POST", "runs/create"),
        ("POST", "runs/log-metric"), ("POST", "runs/log-batch"), ("POST", "runs/search"), ("GET", "runs/get?run_id=x"), ("GET", "artifacts/list?run_id=x"),
        ("POST", "registered-models/create"), ("GET", "registered-models/search"), ("POST", "model-versions/create"), ("GET", "metrics/get-history"),
        ("POST", "logged-models"), ("GET", "no/such/thing"),
    ]
] + [("GET", "/api/2.0/mlflow-artifacts/artifacts/x"), ("PUT", "/api/2.0/mlflow-artifacts/artifacts/x"), ("GET", "/get-artifact?run_uuid=x&path=y"),
     ("GET", "/model-versions/get-artifact?name=x&version=1&path=y")]
HISTORY = [("GET", f"/history/v1.0/{scope}/runs/x"), ("POST", f"/history/v1.0/{scope}/runs/x"), ("GET", f"/data/v1.0/{scope}/dataversion/x"),
           ("POST", f"/modelregistry/v1.0/{scope}/models")]
PUBLIC = [("GET", "/health"), ("GET", "/version"), ("GET", "/metadata/endpoints?api-version=2019-05-01"), ("GET", "/adfs/.well-known/openid-configuration")]


def ask(method, address, token=None, headers=None):
    headers = dict(headers or {})
    if token is not None:
        headers["Authorization"] = token
    return session.request(method, workspace.url + address, headers=headers, data=b"{}" if method in ("POST", "PUT") else None, timeout=30)


def tampered(token):
    """The same token with another role in it, its signature kept."""
    header, payload, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    content["role"] = "owner"
    content["exp"] = int(time.time()) + 10**8
    return ".".join([header, base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("="), signature])


def unsigned(token):
    """The same claims under the algorithm 'none'."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{token.split('.')[1]}."


def refused(routes, strangers):
    for method, address in routes:
        for name, authorization in strangers.items():
            reply = ask(method, address, authorization)
            check(reply.status_code in (401, 403), f"{method} {address} answers {name} with {reply.status_code}: {reply.text[:200]}")
            check("error" in reply.text.lower(), f"{method} {address} gives {name} no reason: {reply.text[:200]!r}")


def main():
    credential = DefaultAzureCredential()
    management = credential.get_token(f"{workspace.url}/.default").token
    storage = credential.get_token("https://storage.azure.com/.default").token
    strangers = {
        "nobody": None, "an empty token": "Bearer ", "a stranger": "Bearer not-a-token", "basic credentials": "Basic " + base64.b64encode(b"a:b").decode(),
        "a token with another role": f"Bearer {tampered(management)}", "a token without a signature": f"Bearer {unsigned(management)}",
        "a token for storage": f"Bearer {storage}",
    }
    with step("the owner's own token opens"):
        for method, address in [MANAGEMENT[2], TRACKING[0]]:
            reply = ask(method, address, f"Bearer {management}")
            check_equal(reply.status_code, 200, f"the status of {address}")
    with step(f"management: {len(MANAGEMENT)} routes × {len(strangers)} strangers"):
        refused(MANAGEMENT, strangers)
    with step(f"tracking: {len(TRACKING)} routes × {len(strangers)} strangers"):
        refused(TRACKING, strangers)
    with step(f"run history: {len(HISTORY)} routes × {len(strangers)} strangers"):
        refused(HISTORY, strangers)
    with step("blobs refuse the same strangers, and a token for management"):
        account = ask("GET", f"{path}/datastores/workspaceblobstore", f"Bearer {management}").json()["properties"]
        host = f"{account['protocol']}://{account['accountName']}.blob.{account['endpoint']}"
        others = {**strangers, "a token for management": f"Bearer {management}"}
        del others["a token for storage"]
        for method, rest in [("GET", "x"), ("HEAD", "x"), ("PUT", "x"), ("DELETE", "x"), ("GET", "?restype=container&comp=list")]:
            for name, authorization in others.items():
                headers = {"x-ms-version": "2023-11-03", "x-ms-blob-type": "BlockBlob"}
                if authorization is not None:
                    headers["Authorization"] = authorization
                reply = requests.request(method, f"{host}/{account['containerName']}/{rest}", headers=headers, timeout=30)
                check(reply.status_code in (401, 403), f"{method} of a blob answers {name} with {reply.status_code}: {reply.text[:200]}")
    with step("job logs open to nobody without their signed address"):
        for address in ["/logs/x/user_logs/std_log.txt", "/logs/x/../../../../etc/passwd", "/logs/x/%2e%2e/%2e%2e/metadata.sqlite"]:
            check(ask("GET", address).status_code in (401, 403, 404), f"GET {address}")
    with step("health, metadata and sign-in need no token, and sign-in gives none to strangers"):
        for method, address in PUBLIC:
            check_equal(ask(method, address).status_code, 200, f"the status of {address}")
        for headers in [{}, {"X-IDENTITY-HEADER": "wrong"}, {"Secret": "wrong"}]:
            reply = ask("GET", f"/msi/token?resource={workspace.url}", headers=headers)
            check(reply.status_code in (400, 401, 403), f"a managed identity for anybody: {reply.status_code} {reply.text[:100]}")
        form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "wrong", "scope": f"{workspace.url}/.default"}
        reply = requests.post(f"{workspace.url}/adfs/oauth2/v2.0/token", data=form, timeout=30)
        check(reply.status_code in (400, 401), f"a wrong client secret: {reply.status_code} {reply.text[:100]}")


main()
