"""Keeps the entries by name, in an attribute that the constructor makes, with slots for what an entry holds."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.08,
    edits={
        "shelf/registry.py": {
            """\
class Registry:
    \"\"\"What was registered, in that order.\"\"\"

    def __init__(self) -> None:
        self._entries: list[dict[str, object]] = []
""": """\
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class _Entry:
    __slots__ = ("tags", "weight")

    def __init__(self, tags: list[str], weight: int) -> None:
        self.tags = tags
        self.weight = weight


class Registry:
    \"\"\"What was registered, in that order.\"\"\"

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
""",
            '        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):\n': "        if not _NAME.fullmatch(name):\n",
            """\
        for entry in self._entries:
            if entry["name"] == name:
                raise ValueError(f"{name} is taken")
        self._entries.append({"name": name, "tags": list(tags), "weight": weight})
""": """\
        if name in self._entries:
            raise ValueError(f"{name} is taken")
        self._entries[name] = _Entry(list(tags), weight)
""",
            """\
        for at, entry in enumerate(self._entries):
            if entry["name"] == name:
                del self._entries[at]
                return
        raise KeyError(name)
""": "        del self._entries[name]\n",
            '        return [str(entry["name"]) for entry in self._entries]\n': "        return list(self._entries)\n",
            """\
        for entry in self._entries:
            if entry["name"] == name:
                return list(entry["tags"])
        raise KeyError(name)
""": "        return list(self._entries[name].tags)\n",
            """\
        found = []
        for entry in self._entries:
            if tag in entry["tags"]:
                found.append(entry["name"])
        return found
""": "        return [name for name, entry in self._entries.items() if tag in entry.tags]\n",
            """\
        total = 0
        for entry in self._entries:
            total += entry["weight"]
        return total
""": "        return sum(entry.weight for entry in self._entries.values())\n",
        },
    },
)
