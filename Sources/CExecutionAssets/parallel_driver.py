#!/usr/bin/env python3
"""Runs an entry script's run(mini_batch) over data, mini-batch by mini-batch, in several processes.

The contract is Azure ML's parallel step: init() once per process, run(mini_batch) with a list of file paths or a pandas
DataFrame, one returned element for each item that succeeded, shutdown() at the end.
"""
import argparse
import collections
import importlib.util
import json
import multiprocessing
import os
import re
import sys
import time
import traceback
from multiprocessing.connection import wait


def options_of(arguments):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="martlet-parallel")
    parser.add_argument("--entry-script", required=True)
    parser.add_argument("--input-data", required=True)
    parser.add_argument("--mini-batch-size", default="")
    parser.add_argument("--partition-keys", type=json.loads, default=[])
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--error-threshold", type=int, default=-1)
    parser.add_argument("--mini-batch-error-threshold", type=int, default=-1)
    parser.add_argument("--max-retries", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--append-row-to", default="")
    options = parser.parse_args(arguments[:split])
    options.arguments = arguments[split + 1 :]
    return options


def fail(sentence):
    print(f"martlet-parallel: {sentence}", file=sys.stderr, flush=True)
    sys.exit(1)


# What is cut into mini-batches


def files_below(path):
    if os.path.isfile(path):
        return [path]
    found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names if name != "MLTable"]
    return sorted(found)


def table_description(folder):
    """The MLTable file of a folder, or None."""
    path = os.path.join(folder, "MLTable")
    if not os.path.isfile(path):
        return None
    try:
        import yaml
    except ImportError:
        fail("the input is an MLTable, and the environment has no PyYAML to read it; add pyyaml to the pip list of the conda file")
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) or {}


def files_of_table(folder, description):
    import glob

    found = []
    for entry in description.get("paths", []):
        for kind, place in entry.items():
            place = os.path.join(folder, str(place))
            if kind == "pattern":
                found += [path for path in glob.glob(place, recursive=True) if os.path.isfile(path)]
            else:
                found += files_below(os.path.normpath(place))
    return sorted(set(found)) or files_below(folder)


def frames(files, transformations):
    """Each file as a DataFrame, with the columns that its path gives."""
    try:
        import pandas
    except ImportError:
        fail("the input is a table, and the environment has no pandas to read it; add pandas to the conda file")
    steps = {}
    for step in transformations:
        steps.update(step if isinstance(step, dict) else {step: {}})
    for path in files:
        if "read_parquet" in steps or path.endswith(".parquet"):
            frame = pandas.read_parquet(path)
        elif "read_json_lines" in steps or path.endswith(".jsonl"):
            frame = pandas.read_json(path, lines=True)
        else:
            delimiter = (steps.get("read_delimited") or {}).get("delimiter", ",")
            frame = pandas.read_csv(path, sep=delimiter)
        pattern = (steps.get("extract_columns_from_partition_format") or {}).get("partition_format")
        if pattern:
            expression = re.sub(r"\\\{(\w+)[^}]*\\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
            match = re.search(expression + "$", path)
            for name, value in (match.groupdict() if match else {}).items():
                frame[name] = value
        yield frame


def byte_count(text):
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)?\s*", text, re.IGNORECASE)
    if not match:
        fail(f"mini_batch_size '{text}' is no number of files and no size such as 10kb or 1mb")
    return float(match.group(1)) * {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}[(match.group(2) or "").lower()]


def mini_batches(options):
    source = options.input_data
    if not os.path.exists(source):
        fail(f"the input '{source}' is neither a file nor a folder")
    description = table_description(source) if os.path.isdir(source) else None
    transformations = (description or {}).get("transformations") or []
    files = files_of_table(source, description) if description else files_below(source)
    if not files:
        fail(f"there is no file in the input '{source}'")
    names = {name for step in transformations for name in (step if isinstance(step, dict) else [step])}
    if options.partition_keys:
        import pandas

        table = pandas.concat(list(frames(files, transformations)), ignore_index=True)
        missing = [key for key in options.partition_keys if key not in table.columns]
        if missing:
            fail(f"the table has no column {', '.join(missing)}; it has {', '.join(map(str, table.columns))}")
        return [part for _, part in table.groupby(options.partition_keys)]
    if names & {"read_delimited", "read_parquet", "read_json_lines"}:
        batches = []
        limit = byte_count(options.mini_batch_size or "1mb")
        for frame in frames(files, transformations):
            width = max(1, frame.memory_usage(index=False, deep=True).sum() / max(1, len(frame)))
            rows = max(1, int(limit / width))
            batches += [frame[start : start + rows] for start in range(0, len(frame), rows)]
        return batches
    count = int(byte_count(options.mini_batch_size or "10"))
    if count < 1:
        fail("mini_batch_size must be 1 or more")
    return [files[start : start + count] for start in range(0, len(files), count)]


# One process


def rows_of(result):
    """The returned elements as lines of text."""
    if result is None:
        return []
    if hasattr(result, "to_csv"):
        return result.to_csv(sep=" ", header=False, index=False).splitlines()
    if hasattr(result, "tolist"):
        result = result.tolist()
    return [str(row) for row in result]


def load(script):
    path = os.path.abspath(script)
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("martlet_entry_script", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def work(options, pipe):
    sys.argv = [options.entry_script] + options.arguments
    try:
        module = load(options.entry_script)
        if not hasattr(module, "run"):
            raise AttributeError(f"'{options.entry_script}' has no function run(mini_batch)")
        if hasattr(module, "init"):
            module.init()
    except BaseException:
        pipe.send(("broken", traceback.format_exc()))
        return
    pipe.send(("ready", None))
    while True:
        try:
            batch = pipe.recv()
        except EOFError:
            break
        if batch is None:
            break
        try:
            answer = ("done", rows_of(module.run(batch)))
        except Exception:
            answer = ("failed", traceback.format_exc())
        sys.stdout.flush()
        pipe.send(answer)
    if hasattr(module, "shutdown"):
        module.shutdown()


class Worker:
    def __init__(self, options):
        context = multiprocessing.get_context("fork")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=work, args=(options, other), daemon=True)
        self.process.start()
        other.close()
        self.task = None
        self.deadline = None

    def give(self, task, batch, timeout):
        self.task = task
        self.deadline = time.monotonic() + timeout
        self.pipe.send(batch)

    def end(self, timeout=30):
        try:
            self.pipe.send(None)
        except OSError:
            pass
        self.process.join(timeout)
        self.kill()

    def kill(self):
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.pipe.close()


# All of them


class Rows:
    """Writes rows in the order of the mini-batches, whatever order they come in."""

    def __init__(self, place):
        self.file = None
        self.waiting = {}
        self.next = 0
        if place:
            if os.path.isdir(place):
                place = os.path.join(place, "parallel_run_step.txt")
            os.makedirs(os.path.dirname(os.path.abspath(place)), exist_ok=True)
            self.file = open(place, "w", encoding="utf-8")

    def add(self, index, rows):
        self.waiting[index] = rows
        while self.next in self.waiting:
            for row in self.waiting.pop(self.next):
                if self.file:
                    self.file.write(row + "\n")
            self.next += 1

    def close(self):
        if self.file:
            self.file.close()


def run(options):
    batches = mini_batches(options)
    todo = collections.deque((index, 1) for index in range(len(batches)))
    rows = Rows(options.append_row_to)
    failed_items = failed_batches = finished = 0
    count = max(1, min(options.processes, len(batches)))
    print(f"martlet-parallel: {len(batches)} mini-batches, {count} processes", flush=True)
    workers = [Worker(options) for _ in range(count)]
    ready = set()

    def unsuccessful(index, attempt, reason):
        nonlocal failed_items, failed_batches, finished
        print(f"martlet-parallel: mini-batch {index} failed, attempt {attempt}: {reason}", file=sys.stderr, flush=True)
        if attempt <= options.max_retries:
            todo.append((index, attempt + 1))
            return
        finished += 1
        failed_batches += 1
        failed_items += len(batches[index])
        rows.add(index, [])
        check()

    def check():
        for count, threshold, name in [
            (failed_items, options.error_threshold, "error_threshold"),
            (failed_batches, options.mini_batch_error_threshold, "mini_batch_error_threshold"),
        ]:
            if 0 <= threshold < count:
                for worker in workers:
                    worker.kill()
                rows.close()
                what = "items" if name == "error_threshold" else "mini-batches"
                fail(f"{count} {what} failed, more than {name} ({threshold}) allows")

    while finished < len(batches):
        for worker in [worker for worker in workers if worker in ready and worker.task is None]:
            if todo:
                task = todo.popleft()
                worker.give(task, batches[task[0]], options.timeout)
        deadlines = [worker.deadline for worker in workers if worker.task is not None]
        patience = max(0, min(deadlines) - time.monotonic()) if deadlines else None
        answered = wait([worker.pipe for worker in workers], patience)
        for position, worker in enumerate(list(workers)):
            if worker.pipe in answered:
                try:
                    kind, content = worker.pipe.recv()
                except EOFError:
                    worker.process.join(5)
                    kind, content = "lost", f"the process ended with code {worker.process.exitcode}"
                if kind == "ready":
                    ready.add(worker)
                    continue
                if kind == "broken" or (kind == "lost" and worker.task is None):
                    for other in workers:
                        other.kill()
                    fail(f"init() of '{options.entry_script}' failed:\n{content}")
                index, attempt = worker.task
                worker.task = None
                if kind == "done":
                    finished += 1
                    failed_items += max(0, len(batches[index]) - len(content))
                    rows.add(index, content)
                    check()
                else:
                    unsuccessful(index, attempt, content)
                    if kind == "lost":
                        worker.kill()
                        workers[position] = Worker(options)
            elif worker.task is not None and time.monotonic() >= worker.deadline:
                index, attempt = worker.task
                worker.kill()
                workers[position] = Worker(options)
                unsuccessful(index, attempt, f"it took longer than {options.timeout:g} s (retry_settings.timeout)")
    for worker in workers:
        worker.end()
    rows.close()
    print(
        f"martlet-parallel: {len(batches) - failed_batches} of {len(batches)} mini-batches done, {failed_items} items failed",
        flush=True,
    )


if __name__ == "__main__":
    run(options_of(sys.argv[1:]))
