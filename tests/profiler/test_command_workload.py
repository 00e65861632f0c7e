import pytest

from core.errors import ConfigError
from tests.profiler.fake_sandbox import FakeSandbox


def test_a_line_runs_in_the_checkout_as_a_shell_would_run_it(sandbox: FakeSandbox) -> None:
    sandbox.write({"numbers.txt": "1\n2\n"})
    assert sandbox.sample("cat numbers.txt | tail -n 1").stdout.text == "2\n"


def test_a_sample_repeats_the_line(sandbox: FakeSandbox) -> None:
    assert sandbox.sample("echo again", loops=3).stdout.text == "again\n" * 3


def test_a_repeated_line_ends_at_the_first_failure_with_its_status(sandbox: FakeSandbox) -> None:
    result = sandbox.sample("echo once; exit 7", loops=3)
    assert (result.exit_code, result.stdout.text) == (7, "once\n")


@pytest.mark.parametrize("line", ["i=900; cd /; echo x # y", "echo 'x' && exit 0", "echo x; ("])
def test_nothing_in_a_line_reaches_the_loop_around_it(sandbox: FakeSandbox, line: str) -> None:
    once, twice = sandbox.sample(line), sandbox.sample(line, loops=2)
    assert twice.exit_code == once.exit_code
    assert twice.stdout.text == once.stdout.text * 2


def test_an_empty_line_is_refused_with_an_example(sandbox: FakeSandbox) -> None:
    with pytest.raises(ConfigError, match=r"python bench\.py"):
        sandbox.sample("  ")
