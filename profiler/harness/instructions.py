"""Runs inside the sandbox: counts the instructions of a command. `instructions.py OUT COMMAND...`.

Writes the sum over all processes of the command's tree to OUT/instructions.txt and exits as the command did.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

_SUMMARY = re.compile(r"^summary:\s*(\d+)", re.MULTILINE)


def main() -> None:
    """Run, add up, and exit with the command's status."""
    out, command = Path(sys.argv[1]), sys.argv[2:]
    counts = out / "counts"
    counts.mkdir()
    valgrind = ["valgrind", "-q", "--tool=cachegrind", "--cache-sim=no", "--trace-children=yes"]
    files = [f"--log-file={os.devnull}", f"--cachegrind-out-file={counts}/%p"]
    status = subprocess.run([*valgrind, *files, "--", *command], check=False).returncode
    found = [_SUMMARY.search(file.read_text(errors="replace")) for file in counts.iterdir()]
    total = sum(int(match[1]) for match in found if match)
    if total == 0 and status == 0:
        sys.exit("valgrind counted no instructions of a command that ended well")
    (out / "instructions.txt").write_text(str(total))
    sys.exit(status if status >= 0 else 128 - status)


main()
