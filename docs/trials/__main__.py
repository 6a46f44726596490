"""Run the operations of one library: ``python -m trials LIBRARY``."""

import json
import sys

from . import TRIALS, outcomes

if __name__ == "__main__":
    [trial] = [each for each in TRIALS if each.library == sys.argv[1]]
    print(json.dumps(outcomes(trial)))
