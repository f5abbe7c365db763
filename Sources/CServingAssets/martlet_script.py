"""A scoring script: loaded, looked at, called."""

import importlib.util
import inspect
import json
import logging
import os
import signal
import sys
import time
import traceback
import types
import urllib.parse

from martlet_azure_modules import AMLRequest, is_json, wants_raw_request

log = logging.getLogger("azmlinfsrv")


class Refused(Exception):
    """An answer other than the script's own."""

    def __init__(self, status, message, failed=False):
        super().__init__(message)
        self.status, self.message, self.failed = status, message, failed


class StartFailure(Exception):
    """The script cannot be served as it is."""


def on_alarm(number, frame):
    raise TimeoutError


class Script:
    """A scoring script, loaded, and the way its run() wants its input."""

    def __init__(self, path):
        spec = importlib.util.spec_from_file_location("entry_module", path)
        if spec is None or not os.path.isfile(path):
            raise StartFailure("there is no Python file at " + path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["entry_module"] = module
        spec.loader.exec_module(module)
        for name in ("init", "run"):
            if not hasattr(module, name):
                raise StartFailure("User script at %s does not have a %s() function defined." % (path, name))
        driver = getattr(module, "driver_module", None)
        self.run = driver.run if isinstance(driver, types.ModuleType) and hasattr(driver, "run") else module.run
        self.init = module.init
        self.timeout_ms = float(os.environ.get("SCORING_TIMEOUT_MS") or 3600 * 1000)
        self.analyse()

    def analyse(self):
        parameters = list(inspect.signature(self.run).parameters.values())
        if any(p.kind not in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
            raise StartFailure("run() cannot accept positional-only arguments, *args, or **kwargs.")
        self.takes_headers = any(p.name == "request_headers" for p in parameters)
        self.parameters = [p for p in parameters if p.name != "request_headers"]
        if not self.parameters:
            more = ' other than "request_headers"' if self.takes_headers else " for input data"
            raise StartFailure("run() needs to accept an argument%s." % more)
        self.name = self.parameters[0].name
        self.is_raw = wants_raw_request()
        util = sys.modules.get("inference_schema.schema_util")
        self.has_schema = util is not None and bool(util.is_schema_decorated(self.run))
        if self.is_raw and self.has_schema:
            raise StartFailure("run() cannot be decorated with both @rawhttp and @input_schema")

    def arguments(self, method, path, query, headers, body):
        if self.is_raw:
            return {self.name: raw_request(method, path, query, headers, body)}
        if method == "GET":
            values = query_values(query)
            return self.bind(values) if self.has_schema else {self.name: json.dumps(values)}
        if method == "OPTIONS":
            raise Refused(200, None)
        if method != "POST":
            raise Refused(405, "Method not allowed")
        if self.has_schema:
            return self.bind(self.document(headers, body))
        try:
            return {self.name: str(body, "utf-8")}
        except UnicodeDecodeError as error:
            raise Refused(400, "Input cannot be decoded as UTF-8: %s" % error)

    def document(self, headers, body):
        if not is_json(headers.get("content-type", "").split(";")[0].strip().lower()):
            raise Refused(415, "Expects Content-Type to be application/json")
        if not body:
            raise Refused(400, "POST body is empty. Expecting a JSON dictionary.")
        try:
            document = json.loads(body)
        except ValueError as error:
            raise Refused(400, "POST body could not be decoded as JSON: %s" % error)
        if not isinstance(document, dict):
            raise Refused(400, "POST body should be a JSON dictionary.")
        return document

    def bind(self, document):
        values = {}
        for parameter in self.parameters:
            value = document.get(parameter.name, parameter.default)
            if value is inspect.Parameter.empty:
                raise Refused(400, "A value is not provided for the %r parameter." % parameter.name)
            values[parameter.name] = value
        return values

    def call(self, arguments, headers):
        """The output of run() and how long it took, in milliseconds."""
        if self.takes_headers:
            arguments["request_headers"] = {name.title(): value for name, value in headers.items()}
        start = time.perf_counter()
        try:
            signal.setitimer(signal.ITIMER_REAL, self.timeout_ms / 1000)
            try:
                output = self.run(**arguments)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except TimeoutError:
            if (time.perf_counter() - start) * 1000 < self.timeout_ms * 0.99:
                raise failure()
            log.error("Encountered Exception: %s", traceback.format_exc())
            raise Refused(500, "Scoring timeout after %g ms" % self.timeout_ms, failed=True)
        except Exception:
            raise failure()
        return output, (time.perf_counter() - start) * 1000


def failure():
    log.error("Encountered Exception: %s", traceback.format_exc())
    return Refused(500, "An unexpected error occurred in scoring script. Check the logs for more info.", failed=True)


def raw_request(method, path, query, headers, body):
    """Flask's own request for a script that has Flask, else its likeness."""
    flask = sys.modules.get("flask")
    if flask is None:
        return AMLRequest(method, path, query, headers, body)
    import io

    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "5001", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else "HTTP_" + key] = value
    return flask.Request(environ)


def query_values(query):
    """Parameters as if they were members of a JSON document; repeated ones become lists."""

    def read(text):
        try:
            return json.loads(text)
        except ValueError:
            return text

    values = urllib.parse.parse_qs(query, keep_blank_values=True)
    return {name: read(all[0]) if len(all) == 1 else [read(one) for one in all] for name, all in values.items()}
