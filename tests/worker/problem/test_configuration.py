"""What a problem's configuration means, and what each mistake in it is answered with."""

from core.output import OutputForm
from core.problem import Generality, Guards, Objective, Problem, WorkloadKind, WorkloadSpec
from tests.worker.problem.conftest import Read, Write
from worker.problem.configuration import problem_of
from worker.problem.settings import Flags

FULL = """
editable = ["src/counter/words.py", "src/**/*.py"]
tests = "python -m pytest -q tests/test_words.py"
workload = ["python workload.py", "callable:counter.words:count"]
setup = ["python -m pip install -e .", "python -m pip install pytest"]
objective = "memory"
min_speedup = 1.05
timeout = 60
setup_timeout = 90.5
output = "ignore"
generalise = "show"
guards = { wall = 1.5, memory = false }
"""


def test_every_key_reaches_the_problem(read: Read) -> None:
    problem = read(FULL)
    assert problem.repository == "https://example.org/counter.git"
    assert problem.revision == "1" * 40
    assert problem.editable[:2] == ("src/counter/words.py", "src/**/*.py")
    assert problem.tests == "python -m pytest -q tests/test_words.py"
    assert problem.workloads == (
        WorkloadSpec(kind=WorkloadKind.COMMAND, target="python workload.py"),
        WorkloadSpec(kind=WorkloadKind.CALLABLE, target="counter.words:count"),
    )
    assert problem.setup == ("python -m pip install -e .", "python -m pip install pytest")
    assert (problem.objective, problem.output.form) == (Objective.MEMORY, OutputForm.IGNORE)
    assert problem.generalise is Generality.SHOW
    assert (problem.min_speedup, problem.timeout_seconds, problem.setup_timeout_seconds) == (1.05, 60.0, 90.5)
    assert problem.guards == Guards(wall=1.5, cpu=1.25, memory=None)


def test_what_is_not_written_is_detected_or_the_default(read: Read) -> None:
    problem = read("")
    assert problem.tests == "python -m pytest -q -p no:cacheprovider tests"
    assert problem.workloads == (WorkloadSpec.parse("python workload.py"),)
    assert problem.setup == ("python -m pip install -e .", "python -m pip install pytest")
    assert problem.editable[0] == "src/counter/**/*.py"
    assert (problem.objective, problem.min_speedup, problem.guards) == (Objective.WALL, Problem.min_speedup, Guards())
    assert problem.generalise is Generality.REQUIRE


def test_flags_win_over_the_file(read: Read) -> None:
    flags = Flags(tests="pytest", objective="cpu", min_speedup=2, workload=("python workload.py",), guards={"cpu": 3.0})
    problem = read(FULL, flags)
    assert (problem.tests, problem.objective, problem.min_speedup) == ("pytest", Objective.CPU, 2.0)
    assert len(problem.workloads) == 1
    assert problem.guards == Guards(wall=1.5, cpu=3.0, memory=None)


def test_the_table_in_pyproject_serves_as_well(write: Write) -> None:
    tree = write({"pyproject.toml": "[tool.perfsmith]\ntests = 't'\nworkload = 'w'\n", "counter.py": ""})
    problem = problem_of(tree, repository="r", revision="v")
    assert (problem.tests, str(problem.workloads[0])) == ("t", "w")
    assert problem.editable[0] == "/counter.py"


def test_a_setup_of_no_lines_installs_nothing(read: Read) -> None:
    assert read("setup = []").setup == ()


def test_setup_is_detected_for_the_tests_and_workload_that_were_given(read: Read) -> None:
    problem = read("tests = './check'\nworkload = 'pyperf:workload.py'", files={"tests/test_words.py": ""})
    assert problem.setup == ("python -m pip install -e .", "python -m pip install pyperf")
