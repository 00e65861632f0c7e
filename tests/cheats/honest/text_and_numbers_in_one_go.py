"""Joins lines, cuts batches by position and reads the codes of characters from bytes."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.05,
    edits={
        "shelf/queueing.py": {
            """\
    text = ""
    for priority, name in jobs:
        text = text + f"{priority:03d} {name.strip().lower()}\\n"
    return text
""": '    return "".join([f"{priority:03d} {name.strip().lower()}\\n" for priority, name in jobs])\n',
            """\
    found = []
    while rest:
        found.append(rest[:size])
        rest = rest[size:]
    return found
""": "    return [rest[at : at + size] for at in range(0, len(rest), size)]\n",
            """\
        for character in name:
            value = (value * 31 + ord(character)) % 1000003
""": """\
        for code in memoryview(name.encode("utf-32-le", "surrogatepass")).cast("I"):
            value = (value * 31 + code) % 1000003
""",
        },
    },
)
