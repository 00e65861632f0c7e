import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.errors import ConfigError
from worker.machine import claimed, timing_alone


def test_only_one_timing_goes_on_at_a_time_on_the_machine() -> None:
    inside: list[str] = []

    def other() -> None:
        with timing_alone():
            inside.append("other")

    with timing_alone():
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.1)
        inside.append("first")
    thread.join()
    assert inside == ["first", "other"]


def test_a_run_that_is_worked_on_is_refused_to_others(tmp_path: Path) -> None:
    with (
        claimed(tmp_path, "abc"),
        pytest.raises(ConfigError, match="run abc is being worked on"),
        claimed(tmp_path, "abc"),
    ):
        pass


def test_a_killed_process_loses_its_claim(tmp_path: Path) -> None:
    script = (
        "import sys, time, pathlib; from worker.machine import claimed\n"
        "with claimed(pathlib.Path(sys.argv[1]), 'abc'): print('claimed', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"claimed\n"
        process.kill()
    with claimed(tmp_path, "abc"):
        pass
