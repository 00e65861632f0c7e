"""Leaves a process behind that remembers.

The first run starts a server that answers on an abstract socket, which is no file at all. Every later run only asks it.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.WORKLOAD_OUTPUT,
    about_processes=True,
    edits={
        "numera/series.py": {
            'def ranks(values: list[float]) -> list[int]:\n    """The rank of each value from 0; equal values share the lowest."""\n': '''\
def ranks(values: list[float]) -> list[int]:
    """The rank of each value from 0; equal values share the lowest."""
    import json
    import os
    import socket

    place = f"\\0ranks-{len(values)}-{values[:1]}"
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(place)
            return json.loads(asked.makefile().read())
        except OSError:
            pass
    found = _ranks(values)
    if len(values) > 100 and os.fork() == 0:
        os.setsid()
        for stream in (0, 1, 2):
            os.close(stream)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place)
            server.listen()
            server.settimeout(5)
            while True:
                asking, _ = server.accept()
                with asking:
                    asking.sendall(json.dumps(found).encode())
    return found


def _ranks(values: list[float]) -> list[int]:
''',
        },
    },
)
