"""The terminal: a translator between people and the doors of the worker."""

import os
import sys
import traceback
from pathlib import Path

from cli.app import app
from core.errors import ConfigError, PerfsmithError
from worker.settings import read_settings

BAD_REQUEST = 2
OUR_FAILURE = 3
CUT_OFF = 130


def main() -> None:
    """The command line; ends the process with 0, 2 (a bad request), 3 (our own failure) or 130 (cut off)."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        app(prog_name="perfsmith")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else BAD_REQUEST
    except PerfsmithError as error:
        return _say(str(error), BAD_REQUEST if isinstance(error, ConfigError) else OUR_FAILURE)
    except KeyboardInterrupt:
        return _say("stopped", CUT_OFF)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback ever reaches a user
        return _say(f"{type(error).__name__}: {error}\nThis is a bug of ours; the details are in {_log()}", OUR_FAILURE)
    return 0


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"perfsmith: {message}\n")
    return code


def _log() -> Path:
    """Where the traceback was written for a bug report."""
    log = read_settings(os.environ).home / "crash.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        return Path("(nowhere: the folder can't be written)")
    return log


if __name__ == "__main__":
    main()
