"""Under the recorder a program does what it does without."""

from checks.calls.edited import Edits
from checks.calls.recording import read_recorded, recorded
from core.execution import Command
from tests.checks.calls.conftest import Lab

PROGRAM = '''
import asyncio, functools, gc, inspect, os, sys, threading, weakref

def plain(a, /, b, *rest, c=3, **named):
    """Text."""
    return a, b, rest, c, named

def generator(number):
    received = yield number
    try:
        while True:
            received = yield received
    except KeyError as error:
        yield repr(error)
    finally:
        print("closed")

async def coroutine(number):
    await asyncio.sleep(0)
    return number

async def stream(number):
    for each in range(number):
        yield each

def recursive(number):
    return 0 if number == 0 else 1 + recursive(number - 1)

def endless():
    return endless()

def raises():
    raise LookupError("no")

@functools.lru_cache
def cached(number):
    return number

class Thing:
    def __init__(self, value):
        super().__init__()
        self.value = value
    @property
    def twice(self):
        return self.value * 2
    @staticmethod
    def fixed(value):
        return value
    @classmethod
    def made(cls, value):
        return cls(value)
    def secret(self, __value=1):
        return __value

def closure(number):
    def inner():
        return number
    return inner

kept = plain

def main():
    print(kept(1, 2, 3, c=4, d=5), plain(1, b=2), inspect.signature(plain), plain.__doc__, plain.__name__)
    try:
        plain()
    except TypeError as error:
        print(error)
    steps = generator(1)
    print(next(steps), steps.send(2), steps.throw(KeyError("k")), inspect.isgeneratorfunction(generator))
    steps.close()
    print(asyncio.run(coroutine(4)), inspect.iscoroutinefunction(coroutine))
    async def collect():
        return [each async for each in stream(3)]
    print(asyncio.run(collect()), inspect.isasyncgenfunction(stream))
    print(recursive(900), sys.getrecursionlimit())
    sys.setrecursionlimit(3000)
    print(recursive(2900), sys.getrecursionlimit())
    try:
        endless()
    except RecursionError as error:
        print(error)
    try:
        raises()
    except LookupError as error:
        print(repr(error), error.__context__)
    print(cached(1), cached(1), cached.cache_info())
    thing = Thing(2)
    print(thing.twice, Thing.fixed(3), Thing.made(4).value, thing.secret(), closure(5)())
    watched = weakref.ref(thing)
    del thing
    gc.collect()
    print(watched())
    threads = [threading.Thread(target=plain, args=(1, 2)) for _ in range(5)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    print(inspect.getsource(raises))
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        plain(1, 2)
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    raise SystemExit(7)

if __name__ == "__main__":
    main()
'''
NAMES = (
    "plain", "generator", "coroutine", "stream", "recursive", "endless", "raises", "cached", "closure",
    "Thing.__init__", "Thing.twice", "Thing.fixed", "Thing.made", "Thing.secret",
)  # fmt: skip


def test_a_program_prints_and_ends_as_it_does_without_the_recorder(lab: Lab) -> None:
    changes = {"program.py": PROGRAM}
    edits = Edits(functions=frozenset(f"program.py:{name}" for name in NAMES))
    with lab.provider.open(lab.environment, changes) as sandbox:
        command = Command(argv=(sandbox.layout.python, "program.py"), timeout_seconds=30)
        plain = sandbox.run(command)
        under = sandbox.run(recorded(sandbox.layout, command, edits, "record"))
    assert plain.exit_code == 7, plain.failure
    assert (under.stdout.text, under.exit_code) == (plain.stdout.text, 7), under.failure
    calls = read_recorded(under, "here", edits).calls
    assert {name.partition(":")[2]: each.count for name, each in calls.items()} == {
        "plain": 7, "generator": 1, "coroutine": 1, "stream": 1, "recursive": 2, "endless": 1, "raises": 1, "cached": 1,
        "closure": 1, "Thing.__init__": 1, "Thing.twice": 1, "Thing.fixed": 1, "Thing.made": 1, "Thing.secret": 1,
    }  # fmt: skip


def test_a_module_that_is_run_by_name_and_one_that_is_imported_are_recorded(lab: Lab) -> None:
    changes = {"package/__init__.py": "", "package/part.py": PROGRAM.replace("    main()", "    plain(1, 2)")}
    edits = Edits(functions=frozenset({"package/part.py:plain", "package/part.py:Thing.__init__"}))
    with lab.provider.open(lab.environment, changes) as sandbox:
        for argv in (("-m", "package.part"), ("-c", "from package.part import plain; plain(1, 2)")):
            command = Command(argv=(sandbox.layout.python, *argv), timeout_seconds=30)
            seen = read_recorded(sandbox.run(recorded(sandbox.layout, command, edits, "record")), "here", edits)
            assert [step.function for step in seen.steps] == ["package/part.py:plain"]
