import pytest

from shelf.queueing import batches, by_priority, checksum, fibonacci, labels

JOBS = [(3, "Tidy"), (1, "Cook "), (3, "Eat"), (2, "Sleep")]


def test_urgent_jobs_come_first():
    assert by_priority(JOBS) == [(1, "Cook "), (2, "Sleep"), (3, "Tidy"), (3, "Eat")]


def test_the_argument_is_left_alone():
    given = list(JOBS)
    by_priority(given)
    assert given == JOBS


def test_the_last_batch_may_be_shorter():
    assert batches(JOBS, 3) == [JOBS[:3], JOBS[3:]]


def test_a_batch_is_not_empty():
    with pytest.raises(ValueError):
        batches(JOBS, 0)


def test_labels_are_lines():
    assert labels(JOBS[:2]) == "003 tidy\n001 cook\n"


def test_the_checksum_depends_on_the_order():
    assert checksum(JOBS) == 332631
    assert checksum(JOBS) != checksum(JOBS[::-1])


def test_waiting_grows():
    assert [fibonacci(number) for number in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]


def test_no_attempt_before_the_first():
    with pytest.raises(ValueError):
        fibonacci(-1)
