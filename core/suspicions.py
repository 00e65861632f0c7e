"""What in a patch deserves a second look: constructs that honest optimisations seldom need and cheats often do.

Evidence for a reader, never a reason to refuse. New lines are read as text, not as Python: hostile text is parsed in the
sandbox only, and text has no context in which a construct could hide. A word in a string or a docstring is found, too.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.patch import FileChange, PatchError, read

MOST = 50
"""No reader looks at more findings than this."""
_WIDE = 400
_MOST_READ = 2000
"""Characters of a line; a longer one is found for its length."""
_INDENT = re.compile(r"\S\s{60,}\S")
_LITERAL = re.compile(r"""\d[\w.]*|"[^"]*"|'[^']*'""")
_MANY_LITERALS = 60
"""So many literals in the new lines of one hunk look like answers that were looked up before."""


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """One place in a patch, and why somebody should look at it."""

    path: str
    line: int
    """Number in the changed file."""
    construct: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.construct}: {self.why}"


_TABLE: tuple[tuple[str, str, str], ...] = (
    ("clock", r"\b(time\.\w*time\w*|perf_counter|monotonic|process_time|clock_gettime|datetime\.\w*now|timeit)\b", "code that knows the time can behave when it is measured"),
    ("timer", r"\b(time\.sleep|setitimer|signal\.alarm|threading\.Timer|call_later)\b", "work may be put off until the clock has stopped"),
    ("early end", r"\b(os\._exit|os\.abort|os\.kill\w*|signal\.\w+|sys\.exit|SystemExit|exit|quit|faulthandler)\b\s*(\(|$)|\braise SystemExit\b", "the process may end before its work is done"),
    ("exit hook", r"\batexit\b|\bweakref\.finalize\b|\bdef __del__\b|\baddaudithook\b|\bsys\.(excepthook|unraisablehook)\b", "something happens when the process ends or an object goes"),
    ("other process or thread", r"\b(subprocess|multiprocessing|threading|concurrent\.futures|asyncio\.to_thread|_thread|os\.(fork\w*|exec\w+|spawn\w+|posix_spawn\w*|system|popen))\b", "work may be moved to where it is not seen"),
    ("looking around", r"\b(sys\.(modules|argv|flags|_getframe|_current_frames|path\w*|meta_path|setprofile|settrace)|os\.(environ\w*|getenv|getpid|getppid)|__main__|inspect\.\w+|gc\.get_\w+)|/proc/", "code can tell from its surroundings that it is measured"),
    ("test or benchmark by name", r"(?i)\b(pytest|unittest|benchmark|perfsmith|pyperf|valgrind|PYTEST_CURRENT_TEST)\b", "code can tell that it is tested or measured"),
    ("machine level", r"\b(ctypes|cffi|mmap|_testcapi|ffi\.\w+)\b", "memory can be changed behind Python's back"),
    ("code from text", r"(?<![\w.])(exec|eval|compile|__import__)\s*\(|\bimportlib\.\w+|\bmarshal\b|\bpickle\.loads?\b|\bcodeop\b", "what runs is not what is written here"),
    ("patching from outside", r"(?<!\w)(setattr|delattr)\s*\(|\bbuiltins\b|__builtins__|__dict__\s*\[|(?<!\w)(globals|vars|locals)\s*\(\)|\b__(class|code|globals|defaults|closure)__\s*=|^[A-Za-z_]\w*(\.\w+)+\s*=[^=]", "it changes what other code sees"),
    ("cache without bound", r"\b(functools\.)?cache\b\s*$|@(functools\.)?cache\b|lru_cache\(\s*(maxsize\s*=\s*)?None|\bcached_property\b", "answers may be kept from one call to the next, and memory grows"),
    ("state in the module", r"^[A-Za-z_]\w*\s*(:[^=]+)?=\s*(\{\s*\}|\[\s*\]|(dict|list|set|defaultdict|OrderedDict|WeakKeyDictionary|WeakValueDictionary)\()|^\s+global\s|def\s.*=\s*(\{\s*\}|\[\s*\]|dict\(\))", "it may remember answers between calls and grow without bound"),
    ("file or network", r"(?<![\w.])open\s*\([^)]*['\"][rbt+]*[wax]|\.write_(text|bytes)\s*\(|\b(tempfile|shelve|sqlite3|shutil|socket|urllib|requests|http\.client|diskcache|joblib)\b|\bos\.(makedirs|mkdir|open|replace|rename|link|symlink)\b|\bpickle\.dump\b|cache\s*=\s*True", "something may be kept for the next run, or fetched"),
    ("equality or hash redefined", r"\bdef __(eq|ne|hash|lt|le|bool|len|contains|instancecheck|class_getitem|getattribute|getattr|reduce\w*)__\b", "a result may pass for another one when it is compared"),
    ("interpreter setting", r"\bsys\.(setrecursionlimit|setswitchinterval|set_int_max_str_digits|setdlopenflags)\b|\bgc\.(disable|freeze|set_threshold)\b|\b(setrlimit|sched_set\w+|os\.nice)\b|\bwarnings\.(filter|simplefilter)", "it changes how everything else in the process runs"),
    ("swallowed error", r"^\s*except\s*(BaseException|Exception)?\s*(as \w+)?\s*:\s*(pass|return|continue)?", "what failed before may now be passed over"),
)  # fmt: skip
_CONSTRUCTS = tuple((construct, re.compile(pattern), why) for construct, pattern, why in _TABLE)


def suspicions(patch: str) -> tuple[Suspicion, ...]:
    """The places in `patch` to look at, in its order; none in one that can't be read."""
    try:
        changes = read(patch) if patch else ()
    except PatchError:
        return ()
    return tuple(islice((found for change in changes for found in _in_file(change)), MOST))


def _in_file(change: FileChange) -> Iterator[Suspicion]:
    known = {line.strip() for line in change.removed()}
    for number, line in change.added():
        # A line that was only moved or indented is not news.
        if line.strip() not in known:
            for construct, why in _in_line(line):
                yield Suspicion(path=change.path, line=number, construct=construct, why=why)
    yield from _large_literals(change)


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    read_by_python = unicodedata.normalize("NFKC", line.rstrip("\r\n")[:_MOST_READ])
    if read_by_python.lstrip().startswith("#"):
        return
    for construct, pattern, why in _CONSTRUCTS:
        if pattern.search(read_by_python):
            yield construct, why
    if len(line) > _WIDE or _INDENT.search(read_by_python):
        yield "far to the right", "the line goes on where few look"


def _large_literals(change: FileChange) -> Iterator[Suspicion]:
    literals, begins = 0, 0
    before = 0
    for number, line in change.added():
        if number != before + 1:
            literals, begins = 0, number
        was, literals, before = literals, literals + len(_LITERAL.findall(line)), number
        if was < _MANY_LITERALS <= literals:
            yield Suspicion(
                path=change.path,
                line=begins,
                construct="many literals",
                why="they may be answers that were computed before",
            )
