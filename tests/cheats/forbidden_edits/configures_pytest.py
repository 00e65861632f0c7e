"""Has pytest collect the tests and not run them.

One option in pyproject.toml is enough; the exit status of a mere collection is 0.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"pyproject.toml": {'testpaths = ["tests"]': 'testpaths = ["tests"]\naddopts = "--collect-only"'}},
)
