"""Runs a scoring script behind the contract of Azure ML's inference server, one request at a time.

The server sends frames over a Unix socket: two big-endian 32-bit lengths, a JSON header, a body; the answer is a frame
of the same form. Standard library only, Python 3.8 and later. Exit code 3: the script could not be started.
"""

import argparse
import json
import logging
import os
import signal
import socket
import struct
import sys
import time
import traceback
import urllib.parse
import uuid

from martlet_azure_modules import AMLResponse, StandIns
from martlet_description import made_description, own_description
from martlet_script import Refused, Script, StartFailure, on_alarm

NO_REQUEST = "00000000-0000-0000-0000-000000000000"
HEADER_LIMIT = 64 * 1024
BODY_LIMIT = 100 * 1024 * 1024
ID_LIMIT = 100
LENGTHS = struct.Struct(">II")
# json.dumps with separators makes an encoder at each call.
encoded = json.JSONEncoder(separators=(",", ":")).encode
log = logging.getLogger("azmlinfsrv")


class PrefixedOutput:
    """Puts the id of the request in front of every line that is printed."""

    def __init__(self, stream):
        self.stream = stream
        self.request_id = NO_REQUEST
        self.at_start = True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        for line in text.splitlines(True):
            self.stream.write(self.request_id + "," + line if self.at_start else line)
            self.at_start = line.endswith("\n")
        return len(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)


def start_logging(output):
    level = getattr(logging, os.environ.get("AZUREML_LOG_LEVEL", "INFO").upper(), logging.INFO)
    handler = logging.StreamHandler(output)
    formatter = logging.Formatter("%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=level if isinstance(level, int) else logging.INFO, handlers=[handler])


class Answerer:
    def __init__(self, script, output):
        self.script, self.output = script, output
        enabled = os.environ.get("SERVER_VERSION_LOG_RESPONSE_ENABLED", "true").lower() == "true"
        self.version = os.environ.get("HTTP_X_MS_SERVER_VERSION", "azmlinfsrv/martlet") if enabled else None
        self.origins = [o.strip() for o in os.environ.get("AML_CORS_ORIGINS", "").split(",") if o.strip()]
        self.swagger = {}

    def answer(self, request, body):
        """(status, headers, body, failed) for one request."""
        headers = request.get("headers", {})
        method, path = request.get("method", "POST").upper(), request.get("path", "/score")
        fields, problem = self.ids(headers)
        try:
            if problem:
                raise problem
            if path == "/":
                status, more, content, failed = 200, {"content-type": "text/html; charset=utf-8"}, b"Healthy", False
            elif path == "/swagger.json":
                status, more, content, failed = self.describe(request.get("query", ""))
            elif path == "/score":
                status, more, content, failed = self.score(method, path, request.get("query", ""), headers, body)
            else:
                raise Refused(404, "There is nothing at %s; POST to /score." % path)
        except Refused as refusal:
            status, failed = refusal.status, refusal.failed
            more = {"content-type": "application/json", "x-ms-run-function-failed": str(failed)}
            content = b"{}" if refusal.message is None else json.dumps({"message": refusal.message}).encode()
            if refusal.message is None:
                content, more["content-type"] = b"", "text/html; charset=utf-8"
        except Exception:
            log.error("Encountered Exception: %s", traceback.format_exc())
            status, failed, more = 500, False, {"content-type": "application/json", "x-ms-run-function-failed": "False"}
            content = b'{"message": "An unexpected internal error occurred. Check the logs for more info."}'
        more.update(fields)
        if self.version:
            more["x-ms-server-version"] = self.version
        if self.origins and ("*" in self.origins or headers.get("origin") in self.origins):
            more["access-control-allow-origin"] = "*" if "*" in self.origins else headers["origin"]
            more["access-control-allow-methods"] = "GET, POST"
        return status, more, content, failed

    def ids(self, headers):
        """Response headers that name the request, and what is wrong with the ids that came in."""
        request_id = headers.get("x-request-id") or str(uuid.uuid4())
        if len(request_id) > ID_LIMIT:
            return {}, Refused(431, "x-request-id must not exceed %d characters" % ID_LIMIT)
        fields = {"x-request-id": request_id}
        legacy, client = headers.get("x-ms-request-id", ""), headers.get("x-ms-client-request-id", "")
        if legacy:
            client = client or legacy
        else:
            legacy = client or request_id
        if max(len(legacy), len(client)) > ID_LIMIT:
            text = "x-ms-request-id and x-ms-client-request-id must not exceed %d characters"
            return fields, Refused(431, text % ID_LIMIT)
        fields["x-ms-request-id"] = legacy
        if client:
            fields["x-ms-client-request-id"] = client
        if "traceid" in headers:
            fields["TraceId"] = headers["traceid"]
        return fields, None

    def score(self, method, path, query, headers, body):
        arguments = self.script.arguments(method, path, query, headers, body)
        output, milliseconds = self.script.call(arguments, headers)
        if isinstance(output, AMLResponse) or is_foreign_response(output):
            status, content = output.status_code, output.get_data()
            more = {}
            for name, value in output.headers.items():
                name = name.lower()
                more[name] = more[name] + ", " + str(value) if name in more else str(value)
            if status >= 500:
                more["x-ms-run-function-failed"] = "True"
        else:
            status, content = 200, (b"{}" if output is None else json.dumps(output).encode())
            more = {"content-type": "application/json", "x-ms-run-function-failed": "False"}
        more["x-ms-run-fn-exec-ms"] = "%.3f" % milliseconds
        return status, more, content, more.get("x-ms-run-function-failed") == "True"

    def describe(self, query):
        """The OpenAPI document: the script's own file, else one made from its schemas."""
        wanted = urllib.parse.parse_qs(query).get("version", ["2"])[0]
        version = {"2": "2", "2.0": "2", "3": "3", "3.0": "3", "3.1": "3.1"}.get(wanted)
        if version is None:
            raise Refused(404, "Swagger version [%s] is not valid. Supported versions: [2, 3, 3.1]." % wanted)
        if version not in self.swagger:
            self.swagger[version] = own_description(version) or made_description(version, self.script)
        return 200, {"content-type": "application/json"}, json.dumps(self.swagger[version]).encode(), False


def is_foreign_response(value):
    """Flask's Response, or anything that answers as it does."""
    flask = sys.modules.get("flask")
    return flask is not None and isinstance(value, flask.Response)


def frames(connection):
    """(header, body) of each frame, until the other side closes."""
    pending = bytearray()
    while True:
        while len(pending) >= LENGTHS.size:
            header_length, body_length = LENGTHS.unpack_from(pending)
            if not 0 < header_length <= HEADER_LIMIT or body_length > BODY_LIMIT:
                raise ValueError("the other side does not speak this wire")
            end = LENGTHS.size + header_length + body_length
            if len(pending) < end:
                break
            start = LENGTHS.size + header_length
            header, body = json.loads(pending[LENGTHS.size:start]), bytes(pending[start:end])
            del pending[:end]
            yield header, body
        chunk = connection.recv(1 << 18)
        if not chunk:
            return
        pending += chunk


def serve(connection, answerer, output):
    clock, says_info = time.perf_counter, log.isEnabledFor(logging.INFO)
    pid = os.getpid()
    for request, body in frames(connection):
        start = clock()
        if request.get("kind") == "health":
            status, headers, content, failed = 200, {"content-type": "text/plain"}, b"Healthy", False
        else:
            request_id = request.get("headers", {}).get("x-request-id") or NO_REQUEST
            output.request_id = request_id
            status, headers, content, failed = answerer.answer(request, body)
            output.request_id = NO_REQUEST
        spent = round((clock() - start) * 1000, 3)
        reply = {"id": request.get("id", ""), "status": status, "headers": headers, "failed": failed, "ms": spent}
        header = encoded(reply).encode()
        if len(header) > HEADER_LIMIT or len(content) > BODY_LIMIT:
            status, content = 500, b'{"message": "The answer of the scoring script is too large."}'
            reply.update(status=500, failed=True, headers={"content-type": "application/json"})
            header = json.dumps(reply).encode()
        connection.sendall(b"".join((LENGTHS.pack(len(header), len(content)), header, content)))
        if says_info and request.get("kind") != "health":
            query = request.get("query")
            path = request.get("path", "/score") + ("?" + query if query else "")
            now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
            values = (request_id, now, pid, request.get("method", "POST"), path, status, spent, len(content))
            output.stream.write("%s,%s I [%d] azmlinfsrv - %s %s %d %.3fms %d\n" % values)
            output.stream.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entry-script", required=True)
    parser.add_argument("--socket", required=True)
    options = parser.parse_args()
    output = PrefixedOutput(sys.stdout)
    sys.stdout = output
    start_logging(output)
    sys.meta_path.append(StandIns())
    # The script must not see the modules of this program.
    sys.path[:] = [folder for folder in sys.path if folder != os.path.dirname(os.path.abspath(__file__))]
    for folder in (os.environ.get("AML_APP_ROOT"), os.path.dirname(os.path.abspath(options.entry_script)), os.getcwd()):
        if folder and folder not in sys.path:
            sys.path.append(folder)
    signal.signal(signal.SIGALRM, on_alarm)
    # Whoever started this process may have had them blocked.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM, signal.SIGTERM, signal.SIGINT])
    try:
        script = Script(os.path.abspath(options.entry_script))
        log.info("Invoking user's init function")
        script.init()
        log.info("User's init function has completed")
    except StartFailure as problem:
        log.error("%s", problem)
        sys.exit(3)
    except BaseException:
        log.error("User's init function or script failed")
        log.error("Encountered Exception %s", traceback.format_exc())
        sys.exit(3)
    # Listening comes after init(), so whoever can connect gets answers.
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    listener.bind(options.socket)
    os.umask(mask)
    listener.listen(4)
    log.info("Worker with pid %d ready for serving traffic", os.getpid())
    answerer = Answerer(script, output)
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                serve(connection, answerer, output)
            except (OSError, ValueError) as problem:
                log.error("a connection was closed: %s", problem)


if __name__ == "__main__":
    main()
