"""Which files a candidate may change: the globs as given, without what is protected."""

from collections.abc import Sequence

from pathspec import GitIgnoreSpec

from core.errors import ConfigError
from core.problem import WorkloadSpec
from worker.problem.protection import protected
from worker.problem.source_tree import SourceTree
from worker.problem.values import Setting, texts_of

_MAX_LENGTH = 300


def editable_of(
    globs: tuple[str, ...], source: SourceTree, tests: str, workloads: Sequence[WorkloadSpec], *, name: str
) -> tuple[str, ...]:
    """`globs` and the patterns that take back what no candidate may edit. ConfigError when nothing is left."""
    editable = (*globs, *protected(source, globs, tests, workloads))
    if not any(GitIgnoreSpec.from_lines(editable).match_files(source.files)):
        raise ConfigError(
            f"{name}: {', '.join(globs)} matches only tests, configuration and files that the lines of tests and "
            "workload name, which no candidate may edit; to optimise the workload's own script, name exactly that file"
        )
    return editable


def globs_of(setting: Setting, source: SourceTree, detected: Sequence[str], example: str) -> tuple[str, ...]:
    """The globs as given. ConfigError for one that is malformed or, unless it takes back, matches no file."""
    globs = texts_of(setting, example)
    instead = f"; the code seems to be in {', '.join(detected[:3])}" if detected else ""
    if all(glob.startswith("!") for glob in globs):
        raise setting.wrong(f'names no file; write e.g. "{example}"')
    for glob in globs:
        matcher = _matcher(setting, glob, example)
        if not glob.startswith("!") and not any(matcher.match_files(source.files)):
            raise setting.wrong(f"{glob!r} matches no file of the repository{instead}")
    return globs


def _matcher(setting: Setting, glob: str, example: str) -> GitIgnoreSpec:
    if len(glob) > _MAX_LENGTH:
        raise setting.wrong(f"a glob is longer than {_MAX_LENGTH} characters")
    try:
        return GitIgnoreSpec.from_lines([glob])
    except ValueError:
        raise setting.wrong(f'{glob!r} is no glob as in .gitignore; write e.g. "{example}"') from None
