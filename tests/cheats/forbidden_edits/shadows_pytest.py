"""Puts a module called pytest beside the package.

`python -m pytest` looks in the working directory first. This one says what people want to read and exits with 0.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"pytest.py": {"": 'print("18 passed in 0.02s")\n'}},
)
