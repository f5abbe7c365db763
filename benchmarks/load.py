"""A load generator for one URL: a few connections that are kept open, each sending its next request when the last is
answered. Small enough that on two cores the server is what is measured."""

import asyncio
import json
import pathlib
import ssl
import sys
import time
import urllib.parse


class Client(asyncio.Protocol):
    """One connection. Answers must carry a content-length. A server that closes after an answer is connected to again,
    and its clients wait for that too: a latency counts from the moment the request is wanted."""

    def __init__(self, request, until, ended, connect):
        self.request, self.until, self.ended, self.connect = request, until, ended, connect
        self.latencies, self.failures, self.first_failure, self.reconnects = [], 0, "", 0
        self.buffer, self.expected, self.is_answered = b"", None, False
        self.wanted = time.perf_counter()

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        self.buffer, self.expected, self.is_answered = b"", None, False
        self.transport.write(self.request)

    def data_received(self, data):
        self.buffer += data
        if self.expected is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].lower()
            length = head.find(b"content-length:")
            if length < 0:
                self.fail(f"an answer without content-length: {self.buffer[:200]!r}")
                return self.transport.abort()
            self.expected = end + 4 + int(head[length + 15:].split(b"\r\n", 1)[0])
            self.closes = b"connection: close" in head
        if len(self.buffer) < self.expected:
            return
        now = time.perf_counter()
        if self.buffer[9:12] == b"200":
            self.latencies.append(now - self.wanted)
        else:
            self.fail(self.buffer[:300].decode(errors="replace"))
        self.wanted, self.is_answered = now, True
        if now >= self.until or self.closes:
            self.transport.close()
        else:
            self.send()

    def fail(self, reason):
        self.failures += 1
        self.first_failure = self.first_failure or reason

    def connection_lost(self, _):
        if self.is_answered and time.perf_counter() < self.until:
            self.reconnects += 1
            self.pending = asyncio.ensure_future(self.connect(self))
            return
        if not self.is_answered:
            self.fail("the server closed the connection instead of answering")
        if not self.ended.done():
            self.ended.set_result(None)


async def load(url, body, headers, connections, seconds, ca=None):
    """Requests per second, latencies in milliseconds and failures over `seconds`."""
    parts = urllib.parse.urlsplit(url)
    tls = ssl.create_default_context(cafile=ca) if parts.scheme == "https" else None
    fields = {"Host": parts.netloc, "Content-Length": len(body), "Content-Type": "application/json", **headers}
    head = f"POST {parts.path or '/'} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    request = head.encode() + b"\r\n" + body
    loop = asyncio.get_running_loop()

    async def connect(client):
        try:
            await loop.create_connection(lambda: client, parts.hostname, parts.port, ssl=tls)
        except OSError as error:
            client.fail(str(error))
            if not client.ended.done():
                client.ended.set_result(None)

    start = time.perf_counter()
    clients = [Client(request, start + seconds, loop.create_future(), connect) for _ in range(connections)]
    for client in clients:
        await connect(client)
    await asyncio.wait_for(asyncio.gather(*(client.ended for client in clients)), timeout=seconds + 60)
    elapsed = time.perf_counter() - start
    latencies = sorted(value * 1000 for client in clients for value in client.latencies)
    at = lambda share: round(latencies[min(len(latencies) - 1, int(len(latencies) * share))], 2) if latencies else None
    return {
        "requests": len(latencies), "per_second": round(len(latencies) / elapsed, 1), "p50_ms": at(0.5), "p99_ms": at(0.99),
        "failures": sum(client.failures for client in clients),
        "first_failure": next((client.first_failure for client in clients if client.failures), ""),
        "reconnects": sum(client.reconnects for client in clients),
    }


if __name__ == "__main__":
    job = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    body = pathlib.Path(job["body_file"]).read_bytes() if "body_file" in job else job["body"].encode()
    print(json.dumps(asyncio.run(load(
        job["url"], body, job.get("headers", {}), job["connections"], job["seconds"], job.get("ca")))))
