"""The keys that a problem's configuration knows, from the file and from flags. Flags win."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from core.errors import ConfigError
from core.problem import Guards
from worker.problem.config_file import ConfigTable
from worker.problem.values import Setting, did_you_mean, shown


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What was asked for on the command line or in a request; None leaves the file's value."""

    editable: str | list[str] | tuple[str, ...] | None = None
    tests: str | None = None
    workload: str | list[str] | tuple[str, ...] | None = None
    setup: str | list[str] | tuple[str, ...] | None = None
    objective: str | None = None
    min_speedup: float | None = None
    timeout: float | None = None
    setup_timeout: float | None = None
    output: str | None = None
    generalise: str | None = None
    guards: Mapping[str, float | bool] | None = None
    """By the guard's name; those not named keep the file's value."""


NO_FLAGS = Flags()
KEYS = tuple(field.name for field in fields(Flags))
GUARDS = tuple(field.name for field in fields(Guards))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All values that were given, by key; a guard's key is `guards.` and its name."""

    origin: str
    """Where a missing key would be written."""
    by_key: Mapping[str, Setting]

    def get(self, key: str) -> Setting | None:
        """The value given for `key`, if any."""
        return self.by_key.get(key)


def settings_of(table: ConfigTable, flags: Flags) -> Settings:
    """The table with the flags on top. ConfigError for keys that nobody reads."""
    written = {f"{table.origin}: {key}": (key, value) for key, value in table.values.items()}
    given = {f"--{key.replace('_', '-')}": (key, getattr(flags, key)) for key in KEYS}
    by_key: dict[str, Setting] = {}
    for name, (key, value) in {**written, **given}.items():
        if key not in KEYS:
            meant = did_you_mean(key, list(KEYS))
            raise ConfigError(f"{table.origin}: unknown key {shown(key)}{meant}; known: {', '.join(KEYS)}")
        if value is not None:
            by_key.update(_flattened(key, Setting(name=name, value=value)))
    return Settings(origin=table.origin, by_key=by_key)


def _flattened(key: str, setting: Setting) -> Iterator[tuple[str, Setting]]:
    if key != "guards":
        yield key, setting
        return
    if not isinstance(setting.value, Mapping):
        raise setting.wrong("must be a table, e.g. { wall = 1.1, cpu = 1.25, memory = false }")
    for guard, factor in setting.value.items():
        if guard not in GUARDS:
            meant = did_you_mean(str(guard), list(GUARDS))
            raise setting.wrong(f"unknown guard {shown(guard)}{meant}; known: {', '.join(GUARDS)}")
        yield f"guards.{guard}", Setting(name=f"{setting.name}.{guard}", value=factor)
