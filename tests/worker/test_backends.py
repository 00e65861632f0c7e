from dataclasses import dataclass

import pytest

from core.errors import ConfigError
from core.run import BackendSpec
from worker.backends import TABLE, load, resolve


@dataclass(frozen=True, kw_only=True)
class Mine:
    """A backend that somebody wrote at home."""

    cache: str
    share: float = 0.5
    label: str | None = None

    def propose(self) -> None:
        """As a proposer does."""


MINE = f"{__name__}:Mine"


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in TABLE.items() for name in names])
def test_every_name_in_the_table_loads(kind: str, name: str) -> None:
    assert load(kind, name).__dataclass_params__.frozen


def test_an_import_path_is_as_good_as_a_name() -> None:
    made = resolve("proposer", BackendSpec(name=MINE, options={"share": 1}), cache="/x", other="not wanted")
    assert made == Mine(cache="/x", share=1)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (BackendSpec(name="oracle", options={}), "unknown proposer 'oracle'; known: openai, local, rules, replay"),
        (BackendSpec(name="no.such:Thing", options={}), "can't be loaded"),
        (BackendSpec(name="os:getcwd", options={}), "no dataclass"),
        (BackendSpec(name="agent.strategies.greedy:Greedy", options={}), "is no proposer: it has no propose"),
        (BackendSpec(name=MINE, options={"colour": 1}), "no option 'colour'; its options: label, share"),
        (BackendSpec(name=MINE, options={"share": "high"}), "'high'; it must be float"),
        (BackendSpec(name=MINE, options={"label": 3}), "it must be str or NoneType"),
    ],
)
def test_what_can_not_be_made_is_refused_with_what_could(spec: BackendSpec, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        resolve("proposer", spec, cache="/x")
    assert words in str(refused.value)


def test_a_sandbox_that_can_not_be_examined_is_none() -> None:
    with pytest.raises(ConfigError, match="is no sandbox: it has no prepare and no open and no examine"):
        resolve("sandbox", BackendSpec(name=MINE, options={}), cache="/x")


def test_what_the_worker_supplies_is_no_option_of_the_submitter() -> None:
    with pytest.raises(ConfigError, match="no option 'cache'"):
        resolve("proposer", BackendSpec(name=MINE, options={"cache": "/etc"}), cache="/x")
