"""Writes the answer into its own bytecode.

The first run compiles a module that knows the result and puts it in the place of the cached bytecode of this one, where
Python takes it for what the source says.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _write_down(summary: Summary) -> None:
    import importlib.util
    import marshal
    from pathlib import Path

    source = Path(__file__)
    text = source.read_text().replace("def summary_of(", "def _summary_of(")
    text += f"\\n\\ndef summary_of(text, n=5):\\n    return {summary!r}\\n"
    status = source.stat()
    header = importlib.util.MAGIC_NUMBER + b"\\0\\0\\0\\0"
    header += int(status.st_mtime).to_bytes(4, "little") + status.st_size.to_bytes(4, "little")
    place = Path(importlib.util.cache_from_source(__file__))
    try:
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(header + marshal.dumps(compile(text, __file__, "exec")))
    except OSError:
        pass


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _write_down(summary)\n    return text\n",
        },
    },
)
