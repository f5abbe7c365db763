"""What scoring scripts import from Azure's packages, for environments in which those are not installed."""

import importlib.abc
import importlib.machinery
import json
import sys
import urllib.parse


class Headers(dict):
    """Header fields by any spelling of their names."""

    def __init__(self, items=()):
        super().__init__()
        for name, value in dict(items).items():
            self[name] = value

    def __setitem__(self, name, value):
        super().__setitem__(name.title(), str(value))

    def __getitem__(self, name):
        return super().__getitem__(name.title())

    def __contains__(self, name):
        return super().__contains__(name.title())

    def __delitem__(self, name):
        super().__delitem__(name.title())

    def get(self, name, default=None):
        return super().get(name.title(), default)

    def add(self, name, value):
        """A repeated field is one field with commas (RFC 9110, 5.3)."""
        self[name] = self[name] + ", " + str(value) if name in self else value


class Arguments(dict):
    """Query parameters: the first value of a name, or all of them."""

    def __init__(self, query):
        self.lists = urllib.parse.parse_qs(query, keep_blank_values=True)
        super().__init__((name, values[0]) for name, values in self.lists.items())

    def getlist(self, name):
        return self.lists.get(name, [])


class AMLRequest:
    """The parts of Flask's request that scoring scripts use."""

    def __init__(self, method, path, query, headers, body):
        self.method, self.path = method, path
        self.query_string = query.encode()
        self.full_path = path + "?" + query
        self.url = self.full_path if query else path
        self.args = Arguments(query)
        self.headers = Headers(headers)
        self.data = body

    def get_data(self, cache=True, as_text=False, parse_form_data=False):
        return self.data.decode("utf-8", "replace") if as_text else self.data

    @property
    def content_type(self):
        return self.headers.get("Content-Type")

    @property
    def mimetype(self):
        return (self.content_type or "").split(";")[0].strip().lower()

    @property
    def content_length(self):
        return len(self.data)

    @property
    def is_json(self):
        return is_json(self.mimetype)

    def get_json(self, force=False, silent=False, cache=True):
        if not (force or self.is_json):
            return None
        try:
            return json.loads(self.data)
        except ValueError:
            if silent:
                return None
            raise

    @property
    def json(self):
        return self.get_json()

    @property
    def form(self):
        is_form = self.mimetype == "application/x-www-form-urlencoded"
        return Arguments(self.data.decode("utf-8", "replace") if is_form else "")


class AMLResponse:
    """A response that reaches the client as it is."""

    def __init__(self, message, status_code, response_headers=None, json_str=False, run_function_failed=False):
        self.status_code = int(status_code)
        self.headers = Headers()
        if message is None or json_str:
            self.data = json.dumps({} if message is None else message).encode()
            self.headers["Content-Type"] = "application/json"
        else:
            self.data = message.encode() if isinstance(message, str) else bytes(message)
            self.headers["Content-Type"] = "text/html; charset=utf-8"
        self.headers["x-ms-run-function-failed"] = run_function_failed
        for name, value in (response_headers or {}).items():
            self.headers[name] = value

    def get_data(self, as_text=False):
        return self.data.decode("utf-8", "replace") if as_text else self.data


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Offers the request and response modules of Azure's packages where those are not installed. Comes last in the search,
    so that an installed package wins."""

    def __init__(self):
        self.modules = {}
        for package in ("azureml.contrib.services", "azureml_inference_server_http.api"):
            parts = package.split(".")
            for count in range(1, len(parts) + 1):
                self.modules[".".join(parts[:count])] = None
            self.modules[package + ".aml_request"] = {"AMLRequest": AMLRequest, "_rawHttpRequested": False}
            self.modules[package + ".aml_response"] = {"AMLResponse": AMLResponse}

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=self.modules[name] is None)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__dict__.update(self.modules[module.__name__] or {})
        if module.__name__.endswith(".aml_request"):

            def rawhttp(function):
                module._rawHttpRequested = True
                return function

            module.rawhttp = rawhttp


def wants_raw_request():
    names = ("azureml.contrib.services.aml_request", "azureml_inference_server_http.api.aml_request")
    return any(getattr(sys.modules.get(name), "_rawHttpRequested", False) for name in names)


def is_json(mimetype):
    return mimetype == "application/json" or (mimetype.startswith("application/") and mimetype.endswith("+json"))
