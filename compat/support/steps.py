"""Steps of a compatibility run: each is named, timed, and stops the script with a sentence when a check fails."""

import contextlib
import io
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path


class CheckFailed(AssertionError):
    pass


def check(condition, message):
    if not condition:
        raise CheckFailed(message)


def check_equal(found, expected, what):
    check(found == expected, f"{what} is {found!r}, expected {expected!r}")


@contextlib.contextmanager
def step(name):
    """One line for each step; an error keeps its traceback and names the step."""
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(f"    FAILED {name} after {time.monotonic() - start:.1f} s", flush=True)
        raise
    print(f"    ok  {time.monotonic() - start:5.1f} s  {name}", flush=True)


@contextlib.contextmanager
def expect_error(kinds, contains, what):
    """The body must raise one of `kinds` with `contains` in its message."""
    try:
        yield
    except kinds as error:
        check(contains.lower() in str(error).lower(), f"{what}: the error does not mention {contains!r}: {error}")
    else:
        raise CheckFailed(f"{what}: no error was raised")


@contextlib.contextmanager
def captured_output():
    """What the client prints, for checks; shown when the body fails."""
    text = io.StringIO()
    try:
        with contextlib.redirect_stdout(text):
            yield text
    except BaseException:
        sys.stdout.write(text.getvalue())
        raise


def eventually(probe, what, seconds=60, interval=0.5):
    """Repeats `probe` until it returns something true."""
    until = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        check(time.monotonic() < until, f"{what}: not within {seconds} s")
        time.sleep(interval)


@dataclass(frozen=True)
class Workspace:
    """Where the server is and which workspace it has, from the file that the `martlet` command reads too."""

    url: str
    subscription: str
    resource_group: str
    name: str

    @classmethod
    def current(cls):
        content = json.loads(Path(os.environ["MARTLET_CLIENT"]).read_text())
        workspace = content["workspace"]
        return cls(content["url"], workspace["subscription"], workspace["resourceGroup"], workspace["name"])

    @property
    def path(self):
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )


def work_folder(name):
    """An empty folder of this script, inside the run's own."""
    folder = Path(os.environ["MARTLET_COMPAT_WORK"]) / name
    folder.mkdir(parents=True)
    return folder
