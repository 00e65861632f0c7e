"""Draws from a Hypothesis strategy outside of a test: the same values for the same seed, and nothing left on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")
_BACKEND = "perfsmith"


class _WithoutConstants(HypothesisProvider):
    """Hypothesis would read constants out of whatever modules are loaded, which differ, and store them in a folder."""

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


def drawn_from(strategy: SearchStrategy[Drawn], *, count: int, random_seed: int) -> list[Drawn]:
    """Up to `count` values of `strategy`, which may repeat; fewer where it has no more."""
    values: list[Drawn] = []
    with _backend():
        chosen = settings(
            backend=_BACKEND,
            database=None,
            deadline=None,
            max_examples=count,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )

        @seed(random_seed)
        @chosen
        @given(strategy)
        def collect(value: Drawn) -> None:
            values.append(value)

        collect()
    return values


@contextmanager
def _backend() -> Iterator[None]:
    """Ours among Hypothesis's sources of randomness, while it is needed."""
    AVAILABLE_PROVIDERS[_BACKEND] = _WithoutConstants
    try:
        yield
    finally:
        del AVAILABLE_PROVIDERS[_BACKEND]
