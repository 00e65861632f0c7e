"""Returns an object that becomes a number when it is formatted, compared or divided.

A timer around the call sees a constructor. The work is done later, or never.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            'def variance(values: list[float]) -> float:\n    """The mean square of the deviations from the mean."""\n': '''\
class _Later:
    def __init__(self, make, *arguments):
        self._make, self._arguments = make, arguments

    def __float__(self):
        return self._make(*self._arguments)

    def __format__(self, spec):
        return format(float(self), spec)

    def __eq__(self, other):
        return other == float(self)

    __hash__ = None


def variance(values: list[float]) -> float:
    """The mean square of the deviations from the mean."""
    if not values:
        raise ZeroDivisionError("float division by zero")
    return _Later(_variance, list(values))


def _variance(values):
''',
        },
    },
)
