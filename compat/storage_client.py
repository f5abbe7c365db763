"""azure-storage-blob against the server's blob store, with the secrets that the workspace gives out."""

import hashlib
import os

import requests
from azure.ai.ml import MLClient
from azure.core import MatchConditions
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobClient, BlobServiceClient, ContainerClient, ContentSettings

from support.steps import Workspace, check, check_equal, expect_error, step

MEGABYTE = 1024 * 1024
workspace = Workspace.current()
credential = DefaultAzureCredential()


def arm(method, path, body=None):
    token = credential.get_token(f"{workspace.url}/.default").token
    reply = requests.request(method, f"{workspace.url}{workspace.path}/{path}", json=body, headers={"Authorization": f"Bearer {token}"})
    reply.raise_for_status()
    return reply.json()


def main():
    with step("the default datastore and a SAS for it"):
        store = MLClient(credential, workspace.subscription, workspace.resource_group, workspace.name).datastores.get_default()
        check_equal(store.name, "workspaceblobstore", "the default datastore")
        secrets = arm("POST", "datastores/workspaceblobstore/listSecrets", {"expirableSecret": True, "expireAfterHours": 1})
        check_equal(secrets["secretsType"], "Sas", "the kind of secret")
        address = f"https://{store.account_name}.blob.{store.endpoint}{store.container_name}"
        container = ContainerClient.from_container_url(f"{address}?{secrets['sasToken'].lstrip('?')}")
    with step("a small blob: upload, properties, metadata, download, overwrite"):
        blob = container.get_blob_client("compat/photo one ü.txt")
        blob.upload_blob(b"0123456789", content_settings=ContentSettings(content_type="text/x-photo"), metadata={"shelf": "upper"})
        shown = blob.get_blob_properties()
        found = (shown.size, shown.content_settings.content_type, shown.metadata)
        check_equal(found, (10, "text/x-photo", {"shelf": "upper"}), "the properties")
        check_equal(blob.download_blob().readall(), b"0123456789", "the content")
        with expect_error(ResourceExistsError, "exist", "a second upload without overwrite"):
            blob.upload_blob(b"x")
        blob.upload_blob(b"abcdefghij", overwrite=True)
        blob.set_blob_metadata({"shelf": "lower"})
        check_equal(blob.get_blob_properties().metadata, {"shelf": "lower"}, "the metadata")
        with expect_error(HttpResponseError, "condition", "a write under an ETag of the past"):
            blob.upload_blob(b"x", overwrite=True, etag=shown.etag, match_condition=MatchConditions.IfNotModified)
    with step("ranges and the empty blob"):
        check_equal(blob.download_blob(offset=2, length=3).readall(), b"cde", "bytes 2 to 4")
        empty = container.get_blob_client("compat/empty")
        empty.upload_blob(b"")
        check_equal(empty.download_blob().readall(), b"", "the empty blob")
    with step("70 MiB in blocks, several at once"):
        content = os.urandom(MEGABYTE) * 70
        large = container.get_blob_client("compat/large.bin")
        large.upload_blob(content, max_concurrency=4)
        check_equal(large.get_blob_properties().size, len(content), "the size")
        back = hashlib.sha256(large.download_blob(max_concurrency=4).readall()).hexdigest()
        check_equal(back, hashlib.sha256(content).hexdigest(), "the digest of what came back")
        offset = 69 * MEGABYTE + 5
        check_equal(large.download_blob(offset=offset, length=100).readall(), content[offset : offset + 100], "a range near the end")
    with step("lists: prefix, pages, folders"):
        for number in range(12):
            container.upload_blob(f"compat/list/{number % 3}/{number:02}.txt", b"x")
        names = [item.name for item in container.list_blobs(name_starts_with="compat/list/", results_per_page=5)]
        check_equal((len(names), names == sorted(names)), (12, True), "the blobs listed in pages")
        folders = [item.name for item in container.walk_blobs("compat/list/")]
        check_equal(folders, [f"compat/list/{number}/" for number in range(3)], "the folders")
        found = next(iter(container.list_blobs(name_starts_with="compat/photo", include=["metadata"])))
        check_equal((found.name, found.metadata), ("compat/photo one ü.txt", {"shelf": "lower"}), "the blob listed with metadata")
    with step("delete, and what is missing"):
        large.delete_blob()
        with expect_error(ResourceNotFoundError, "BlobNotFound", "download of a deleted blob"):
            large.download_blob()
        check(not large.exists(), "a deleted blob exists")
    with step("a wrong signature, another container and no credential are refused"):
        secret = secrets["sasToken"].lstrip("?")
        forged = secret.replace("sig=", "sig=AAAA", 1)
        with expect_error(ClientAuthenticationError, "AuthenticationFailed", "a forged signature"):
            ContainerClient.from_container_url(f"{address}?{forged}").get_blob_client("compat/empty").download_blob()
        with expect_error(HttpResponseError, "", "the SAS on another container"):
            BlobClient.from_blob_url(f"{address}x/compat/empty?{secret}").download_blob()
        bare = requests.get(f"{address}/compat/empty").status_code
        check(bare in (401, 403, 409), f"a request without a credential is answered with {bare}")
    with step("the account key: signed requests and signatures made by the client"):
        key = arm("POST", "listKeys")["userStorageKey"]
        account = address.rsplit("/", 1)[0]
        signed = BlobServiceClient(account, credential=key).get_blob_client(store.container_name, "compat/photo one ü.txt")
        check_equal(signed.download_blob().readall(), b"abcdefghij", "the content read with the account key")
        with expect_error(ClientAuthenticationError, "", "a wrong account key"):
            BlobServiceClient(account, credential="d3Jvbmc=").get_blob_client(store.container_name, "compat/empty").download_blob()


if __name__ == "__main__":
    main()
