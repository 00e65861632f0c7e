import pytest

from core.errors import ConfigError
from tests.profiler.fake_sandbox import FakeSandbox


def test_a_line_runs_in_the_checkout_as_a_shell_would_run_it(sandbox: FakeSandbox) -> None:
    sandbox.write({"numbers.txt": "1\n2\n"})
    assert sandbox.sample("cat numbers.txt | tail -n 1").stdout.text == "2\n"


def test_a_line_that_fails_ends_the_sample_with_its_status(sandbox: FakeSandbox) -> None:
    result = sandbox.sample("echo once; exit 7")
    assert (result.exit_code, result.stdout.text) == (7, "once\n")


def test_a_line_never_runs_twice_in_a_sample_where_it_would_find_what_it_left(sandbox: FakeSandbox) -> None:
    with pytest.raises(AssertionError, match="once in a sample, not 2 times"):
        sandbox.sample("cat answer || echo 7 > answer", loops=2)


def test_an_empty_line_is_refused_with_an_example(sandbox: FakeSandbox) -> None:
    with pytest.raises(ConfigError, match=r"python bench\.py"):
        sandbox.sample("  ")
