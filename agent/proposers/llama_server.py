"""llama.cpp's HTTP server on a model file, as a process of its own. Run by path: it must import nothing of perfsmith.

usage: python llama_server.py PARENT_PID, with the settings as a JSON object on standard input: `model`, `context_tokens`,
`threads` and `api_key`. Writes the address it listens on to standard output, and ends when its parent is gone.
"""

import json
import os
import sys
import time

import xllamacpp  # type: ignore[import-untyped] # it comes without types

_SECONDS_BETWEEN_LOOKS = 1.0


def main() -> None:
    """Serve until the parent is gone."""
    parent = int(sys.argv[1])
    settings = json.load(sys.stdin)
    answer = os.dup(1)
    # llama.cpp logs to both streams: only the address may reach our standard output.
    os.dup2(2, 1)
    server = xllamacpp.Server(_params(settings))
    with os.fdopen(answer, "w") as out:
        out.write(f"{server.listening_address}\n")
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    # Tearing the server down waits for questions nobody asks any more.
    os._exit(0)


def _params(settings: dict[str, object]) -> xllamacpp.CommonParams:
    params = xllamacpp.CommonParams()
    params.model.path = settings["model"]
    params.n_ctx = settings["context_tokens"]
    params.n_parallel = 1
    params.cpuparams.n_threads = settings["threads"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["api_key"]]
    return params


if __name__ == "__main__":
    main()
