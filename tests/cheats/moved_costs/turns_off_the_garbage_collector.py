"""Turns off the garbage collector for everybody who imports the package.

It saves a few percent here and there, and lets memory grow in programs that know nothing of it.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.STATISTICS,
    edits={
        "shelf/__init__.py": {
            '"""Caches, registries and queues: things that remember."""\n': (
                '"""Caches, registries and queues: things that remember."""\n\nimport gc\n\ngc.disable()\n'
            ),
        },
    },
)
