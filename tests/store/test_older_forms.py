from core.problem import Generality
from store.forms import problem_form, problem_of
from tests.store.facts import a_run


def test_a_problem_of_the_first_format_requires_that_a_gain_generalises() -> None:
    form = problem_form(a_run().problem)
    older = {"format": 1, "problem": {key: value for key, value in form["problem"].items() if key != "generalise"}}
    assert problem_of(older) == problem_of(form)
    assert problem_of(older).generalise is Generality.REQUIRE
