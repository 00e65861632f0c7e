"""Jobs in the order of their priority."""

Job = tuple[int, str]


def by_priority(jobs: list[Job]) -> list[Job]:
    """The jobs, the most urgent (lowest number) first; equally urgent ones in the order given."""
    ordered: list[Job] = []
    for job in jobs:
        place = 0
        while place < len(ordered) and ordered[place][0] <= job[0]:
            place += 1
        ordered.insert(place, job)
    return ordered


def batches(jobs: list[Job], size: int) -> list[list[Job]]:
    """The jobs in their order, in lists of `size`; the last may be shorter."""
    if size < 1:
        raise ValueError("a batch holds at least one job")
    rest = list(jobs)
    found = []
    while rest:
        found.append(rest[:size])
        rest = rest[size:]
    return found


def labels(jobs: list[Job]) -> str:
    """One line for each job."""
    text = ""
    for priority, name in jobs:
        text = text + f"{priority:03d} {name.strip().lower()}\n"
    return text


def checksum(jobs: list[Job]) -> int:
    """A number that changes when a job or its place does."""
    value = 17
    for priority, name in jobs:
        for character in name:
            value = (value * 31 + ord(character)) % 1000003
        value = (value * 31 + priority) % 1000003
    return value


def fibonacci(number: int) -> int:
    """How long to wait before the next attempt, in slots. ValueError for a negative number."""
    if number < 0:
        raise ValueError("there is no attempt before the first")
    if number < 2:
        return number
    return fibonacci(number - 1) + fibonacci(number - 2)
