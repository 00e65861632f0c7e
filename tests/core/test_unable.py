"""What follows when machines are unable to work on a run."""

from core.unable import MOST_NAMED, given_up, rest_seconds


def test_a_machine_rests_twice_as_long_each_time_up_to_an_hour() -> None:
    assert [rest_seconds(times) for times in (1, 2, 3, 4, 5, 9999)] == [300, 600, 1200, 2400, 3600, 3600]


def test_of_many_machines_the_first_are_named_and_the_others_counted() -> None:
    said = given_up({f"m{number}": "no engine" for number in range(MOST_NAMED + 2)}, 24)
    assert said.startswith("no machine could work on this run for 24 hours: no engine (machine m0); ")
    assert said.endswith("(machine m7); and 2 more")
