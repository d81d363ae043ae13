"""Stand-in for probe-rs, openocd, west, arduino-cli and idf.py: records its arguments, touches no board.

Every call is one line of JSON in FLASH_LOG; a call with the argument FLASH_FAIL in it ends with code 3.
"""

import json
import os
import sys
from pathlib import Path

with Path(os.environ["FLASH_LOG"]).open("a") as log:
    log.write(json.dumps([Path(sys.argv[0]).name, *sys.argv[1:]]) + "\n")
sys.stdout.write("stand-in says on stdout\n")
sys.stderr.write("stand-in says on stderr\n")
sys.exit(3 if os.environ.get("FLASH_FAIL") in sys.argv else 0)
