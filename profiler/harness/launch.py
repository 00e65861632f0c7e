"""Runs inside the sandbox: starts a command, waits, and exits as it did. `launch.py COMMAND...`.

py-spy gives up on a command that has no Python process yet when it first looks; this one is there from the start.
"""

import os
import sys

process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status = os.waitpid(process, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
