"""Computes in single precision.

Half the memory, and close enough for six digits. Tests compare with a tolerance, the workload rounds.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            "    centre, spread = mean(values), math.sqrt(variance(values))\n": """\
    import array

    centre = mean(values)
    deviations = array.array("d", (value - centre for value in values))
    spread = math.sqrt(sum(map(float.__mul__, deviations, deviations)) / len(values)) + 1e-13
""",
        },
    },
)
