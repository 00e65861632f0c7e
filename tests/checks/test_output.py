import pytest

from checks.output import OutputUnchanged
from core.candidate import Verdict
from core.errors import ConfigError
from core.execution import Ending, ExecResult
from tests.fakes.answering import Answering, ended, trial
from tests.fakes.sandbox import FakeWorkload
