"""Takes files in, one writer after another, until it is killed: run by the crash tests with a folder and a seed."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from intake_books import KEY, put
from test_same_books import history

from analytics.warehouse import Lake

if __name__ == "__main__":
    lake = Lake(Path(sys.argv[1]), KEY, memory="1GB")
    files = history()
    random.Random(int(sys.argv[2])).shuffle(files)
    print("begun", flush=True)
    for file in files:
        put(lake, file)
    print("done", flush=True)
