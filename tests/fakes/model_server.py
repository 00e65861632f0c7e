"""A model server on loopback that speaks chat completions and misbehaves as its script says."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Response:
    """What the server sends for one request."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_seconds: float = 0.0
    """Before the headers."""
    stall_seconds: float = 0.0
    """In the middle of the body."""
    drip: bool = False
    """Send single bytes, with a stall before each."""
    cut: bool = False
    """Close the connection in the middle of the body."""


def completion(text: str | None, *, usage: object = "counted", finish: str = "stop", **message: Any) -> Response:
    """A chat completion with `text`."""
    counted = {"prompt_tokens": 700, "completion_tokens": 90}
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        **({} if usage is None else {"usage": counted if usage == "counted" else usage}),
    }
    return Response(body=json.dumps(body).encode())


def refusal(status: int, *, message: str = "busy", headers: tuple[tuple[str, str], ...] = ()) -> Response:
    return Response(status=status, body=json.dumps({"error": {"message": message}}).encode(), headers=headers)


class ModelServer(ThreadingHTTPServer):
    """Plays `script` response by response and repeats the last one."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script: list[Response] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def play(self, *script: Response) -> None:
        self.script = list(script)

    def choose(self, body: dict[str, Any]) -> Response:
        """The response to a request."""
        del body
        return self.script[min(len(self.requests), len(self.script) - 1)]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is part of the script."""


@contextmanager
def serving(server: ModelServer) -> Iterator[None]:
    """It answers while the context lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        response = self.server.choose(json.loads(body))
        self.server.requests.append({**json.loads(body), "_bytes": len(body)})
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.send(response)
        self.close_connection = True

    def send(self, response: Response) -> None:
        time.sleep(response.delay_seconds)
        self.send_response(response.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(response.body)))
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        if response.drip:
            self.drip(response)
            return
        half = len(response.body) // 2
        self.wfile.write(response.body[:half])
        self.wfile.flush()
        if not response.cut:
            time.sleep(response.stall_seconds)
            self.wfile.write(response.body[half:])

    def drip(self, response: Response) -> None:
        for byte in response.body:
            time.sleep(response.stall_seconds)
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet."""
