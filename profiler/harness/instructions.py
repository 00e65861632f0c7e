"""Runs inside the sandbox: counts the instructions of a command. `instructions.py OUT COMMAND...`.

Writes to OUT/instructions.txt the sum over all processes of the command's tree, and how many programs of it were never
counted: one that is replaced by another (exec), or killed, is announced in valgrind's log but leaves no count. Exits as
the command did.
"""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

_SUMMARY = re.compile(r"^summary:\s*(\d+)", re.MULTILINE)
_BEGINS = re.compile(rb"^==\d+== Cachegrind, ", re.MULTILINE)


class _Log:
    """A pipe with a name for all of valgrind's processes; a file would be cut off by each that begins anew."""

    def __init__(self, place: Path) -> None:
        os.mkfifo(place)
        # Also open for writing, so that there is no end of it before we say so.
        self._pipe = os.open(place, os.O_RDWR)
        self._text = bytearray()
        # Nothing that the command writes here ends the reading.
        self._end = os.urandom(16)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._text.endswith(self._end):
            self._text += os.read(self._pipe, 1 << 16)

    def programs(self) -> int:
        """How many have begun."""
        os.write(self._pipe, self._end)
        self._reader.join()
        return len(_BEGINS.findall(self._text))


def main() -> None:
    """Run, add up, and exit with the command's status."""
    out, command = Path(sys.argv[1]), sys.argv[2:]
    counts = out / "counts"
    counts.mkdir()
    log = _Log(out / "valgrind.log")
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--trace-children=yes"]
    files = [f"--log-file={out}/valgrind.log", f"--cachegrind-out-file={counts}/%p"]
    status = subprocess.run([*valgrind, *files, "--", *command], check=False).returncode
    found = [_SUMMARY.search(file.read_text(errors="replace")) for file in counts.iterdir()]
    counted = [int(match[1]) for match in found if match]
    uncounted = max(log.programs() - len(counted), 0)
    if sum(counted) == 0 and status == 0:
        sys.exit("valgrind counted no instructions of a command that ended well")
    (out / "instructions.txt").write_text(f"{sum(counted)} {uncounted}")
    sys.exit(status if status >= 0 else 128 - status)


main()
