"""Runs inside the sandbox: takes the cost from the last line that a command prints. `reported.py OUT COMMAND...`.

Writes it to OUT/cost.json, prints the other lines, and exits as the command did; with 65 when there is no cost.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

_NO_COST = 65
"""EX_DATAERR of sysexits.h."""


def main() -> None:
    """Run, split, and exit with the command's status."""
    out, command = Path(sys.argv[1]), sys.argv[2:]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    before, newline, last = done.stdout.rstrip(b"\n").rpartition(b"\n")
    if done.returncode:
        sys.stdout.buffer.write(done.stdout)
        sys.exit(done.returncode if done.returncode > 0 else 128 - done.returncode)
    sys.stdout.buffer.write(before + newline)
    (out / "cost.json").write_text(json.dumps(_cost(last)))


def _cost(line: bytes) -> float:
    try:
        said = json.loads(line)
        number = said["cost"] if isinstance(said, dict) else said
        cost = float(number) if type(number) in {int, float} else math.nan
    except (ValueError, OverflowError, KeyError, RecursionError):
        cost = math.nan
    if 0 < cost < math.inf:
        return cost
    print(
        f'the last line must be the cost, a positive JSON number or {{"cost": …}}, and is {line[:80]!r}',
        file=sys.stderr,
    )
    sys.exit(_NO_COST)


main()
