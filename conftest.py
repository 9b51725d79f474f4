"""What holds for all tests, and for the examples in docstrings."""

import os
import signal
import sys

from blender_core.common.environment import BLOCK, RECORD_RULES, RULES

# What somebody has set for blends of their own must not change what is tested, nor what programs
# do that tests start.
for name in (BLOCK, RECORD_RULES, RULES):
    os.environ.pop(name, None)

# Many processes start, which would each compile all that they import.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What a shell starts in the background ignores interrupts, and tests of these would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = [
    "environments",
    "quick_datamodels",
    "reading_fixtures",
    "thoroughness",
    "writing_fixtures",
]
