"""Items by name, with tags."""

import re


class Registry:
    """What was registered, in that order."""

    def __init__(self) -> None:
        self._entries: list[dict[str, object]] = []

    def register(self, name: str, tags: list[str], weight: int = 1) -> None:
        """Add a name. ValueError when it is no name, is taken, or weighs nothing."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(f"{name!r} is no name")
        if weight < 1:
            raise ValueError("a weight is at least 1")
        for entry in self._entries:
            if entry["name"] == name:
                raise ValueError(f"{name} is taken")
        self._entries.append({"name": name, "tags": list(tags), "weight": weight})

    def remove(self, name: str) -> None:
        """Forget a name. KeyError when it is unknown."""
        for at, entry in enumerate(self._entries):
            if entry["name"] == name:
                del self._entries[at]
                return
        raise KeyError(name)

    def names(self) -> list[str]:
        """All names; the list is the caller's."""
        return [str(entry["name"]) for entry in self._entries]

    def tags_of(self, name: str) -> list[str]:
        """The tags of a name; the list is the caller's. KeyError when it is unknown."""
        for entry in self._entries:
            if entry["name"] == name:
                return list(entry["tags"])
        raise KeyError(name)

    def tagged(self, tag: str) -> list[str]:
        """The names with this tag, in the order in which they were registered."""
        found = []
        for entry in self._entries:
            if tag in entry["tags"]:
                found.append(entry["name"])
        return found

    def weight(self) -> int:
        """Of all together."""
        total = 0
        for entry in self._entries:
            total += entry["weight"]
        return total
