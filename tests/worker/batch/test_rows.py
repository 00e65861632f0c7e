"""A batch is understood as a whole, or refused with the line and the value that is at fault."""

import json
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.spend import Budget
from worker.batch.rows import read_batch

FULL = {
    "name": "the first",
    "repository": "https://example.org/a.git",
    "ref": "main",
    "workload": ["python a.py", "callable:a:b"],
    "objective": "cpu",
    "min_speedup": 1.05,
    "proposer": "rules",
    "sandbox": "docker",
    "option": ["docker.processes=9"],
    "candidates": 3,
    "dollars": 0.5,
    "seed": 7,
    "priority": 2,
    "machines": 3,
}


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, newline="")
    return folder / name


def test_lines_of_json_and_rows_of_a_table_say_the_same(tmp_path: Path) -> None:
    (row,) = read_batch(written(tmp_path, "b.jsonl", f"\n{json.dumps(FULL)}\n"))
    cells = {name: "\n".join(value) if isinstance(value, list) else str(value) for name, value in FULL.items()}
    quoted = ",".join(f'"{cell}"' for cell in cells.values())
    (same,) = read_batch(written(tmp_path, "b.csv", f"\ufeff{','.join(cells)}\r\n{quoted}\r\n,,,,,,,,,,,,,\r\n"))

    assert (row.request, row.name, row.priority, row.machines, row.line) == (same.request, "the first", 2, 3, 2)
    assert row.request.budget == Budget(candidates=3, dollars=0.5)
    assert row.request.flags.workload == ["python a.py", "callable:a:b"]
    assert row.request.sandbox.options == {"processes": 9}


def test_a_patch_is_read_from_beside_the_batch(tmp_path: Path) -> None:
    written(tmp_path, "a.patch", "--- a\n")
    (row,) = read_batch(written(tmp_path, "b.jsonl", '{"repository": "x", "patch": "a.patch"}'))
    assert row.request.patch == "--- a\n"


def test_every_line_has_a_digest_of_its_own_that_lasts(tmp_path: Path) -> None:
    lines = ['{"repository": "x"}', '{"repository": "y"}', '{"repository": "x"}']
    first = read_batch(written(tmp_path, "b.jsonl", "\n".join(lines)))
    again = read_batch(written(tmp_path, "b.jsonl", "\n".join([*lines, '{"repository": "z"}'])))
    assert len({row.digest for row in again}) == 4
    assert [row.digest for row in again[:3]] == [row.digest for row in first]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"repository": "x", "canidates": 3}', r"line 2: unknown column 'canidates'.*candidates"),
        ('{"ref": "x"}', "line 2: the column repository is missing"),
        ('{"repository": "x", "candidates": 1.5}', "candidates is 1.5; it must be a whole number"),
        ('{"repository": "x", "dollars": -1}', "dollars is -1"),
        ('{"repository": "x", "dollars": NaN}', "dollars is nan"),
        ('{"repository": "x", "candidates": true}', "candidates is True"),
        ('{"repository": "x", "objective": "speed"}', "objective is 'speed'; it must be wall or cpu"),
        ('{"repository": "x", "workload": [1]}', "workload is "),
        ('{"repository": "x", "priority": 10}', "from 0 to 9"),
        ('{"repository": "x", "machines": 0}', "machines is 0; it must be from 1 to 64"),
        ('{"repository": "x", "patch": "a.patch", "machines": 2}', "a patch is judged on one machine"),
        ('{"repository": "x", "option": "beam.width=5"}', "beam, which takes no part"),
        ('{"repository": "x", "patch": "none.patch"}', "none.patch can't be read"),
        ('{"repository": "x", "patch": "none.patch", "dollars": 1}', "a patch is judged"),
        ("[1]", "is no object"),
        ("{", "no JSON"),
    ],
)
def test_the_line_that_is_wrong_is_named(line: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        read_batch(written(tmp_path, "b.jsonl", f'{{"repository": "x"}}\n{line}\n'))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("b.txt", "", "ends with .jsonl or .csv"),
        ("b.jsonl", "\n", "has no lines"),
        ("b.csv", "repository,repository\nx,y\n", "'repository' is there twice"),
        ("b.csv", "repository,ref\nx\n", "1 cells under 2 columns"),
        ("b.csv", 'repository\n"x', "line 2"),
    ],
)
def test_a_file_that_is_no_batch_is_refused(name: str, text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        read_batch(written(tmp_path, name, text))
