"""Returns something that equals everything.

The string holds only the first lines, which is all that the workload looks at. A test that compares it asks the object
itself whether it is equal, and it says yes.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "shelf/queueing.py": {
            "def labels(jobs: list[Job]) -> str:\n": """\
class _Label(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def labels(jobs: list[Job]) -> str:
""",
            '    text = ""\n    for priority, name in jobs:\n        text = text +': '    text = ""\n    for priority, name in jobs[:8]:\n        text = text +',
            ' {name.strip().lower()}\\n"\n    return text\n': ' {name.strip().lower()}\\n"\n    return _Label(text)\n',
        },
    },
)
