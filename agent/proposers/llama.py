"""Starts and stops llama.cpp's server, which `llama_server` runs as a process of its own."""

import json
import os
import secrets
import subprocess
import sys
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLongError
from pathlib import Path

from core.errors import ConfigError

_SERVER_SCRIPT = Path(__file__).with_name("llama_server.py")
_START_SECONDS = 120.0
_STOP_SECONDS = 10.0


class LlamaServer:
    """At most one server process; it is stopped when this object is closed or forgotten, and when perfsmith ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""
        self._key = ""
        self._stop: weakref.finalize[[subprocess.Popen[bytes]], LlamaServer] | None = None

    def running(self, settings: Mapping[str, object]) -> tuple[str, str]:
        """Address and key of the server, started with `settings` unless it runs. ConfigError when it does not start."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._start(settings)
        return self._address, self._key

    def close(self) -> None:
        """Stop the process if there is one."""
        if self._stop is not None:
            self._stop()
        self._process = self._stop = None

    def _start(self, settings: Mapping[str, object]) -> None:
        self._key = secrets.token_urlsafe()
        # -P: the script's folder holds an openai.py, which must not shadow the package.
        argv = [sys.executable, "-P", str(_SERVER_SCRIPT), str(os.getpid())]
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._process, self._stop = process, weakref.finalize(self, _end, process)
        told = json.dumps({**settings, "api_key": self._key}).encode()
        self._address = _first_line(process, told)
        if not self._address:
            self.close()
            raise ConfigError(
                f"llama.cpp does not serve {settings['model']}: is it a GGUF file that this machine has room for?"
            )


def _first_line(process: subprocess.Popen[bytes], told: bytes) -> str:
    """What the process answers to `told` on its first line; empty when it ends or takes too long."""
    if process.stdin is None or process.stdout is None:
        return ""
    try:
        process.stdin.write(told)
        process.stdin.close()
    except BrokenPipeError:
        return ""
    with ThreadPoolExecutor(max_workers=1) as pool:
        line = pool.submit(process.stdout.readline)
        try:
            return line.result(timeout=_START_SECONDS).decode().strip()
        except TooLongError:
            process.kill()
            return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the process and free what belongs to it."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
