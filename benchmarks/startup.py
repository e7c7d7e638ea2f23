"""What a user waits for at the command line, in fresh processes without compiled programs."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from timing import Row

COMMANDS = {
    "genloop --help": ["--help"],
}


def rows() -> list[Row]:
    """The help of the command."""
    table = []
    for task, arguments in COMMANDS.items():
        pairs = [measured(arguments) for _ in range(3)]
        cpu, wall = (statistics.median(column) for column in zip(*pairs, strict=True))
        table.append(Row(task, "genloop", cpu, wall, "s", 1.0))
    return table


def measured(arguments: list[str]) -> tuple[float, float]:
    """Processor and wall seconds of one command with an empty cache folder."""
    with tempfile.TemporaryDirectory() as cache:
        begin, before = time.perf_counter(), os.times()
        subprocess.run(
            [sys.executable, "-m", "genloop", *arguments],
            env={**os.environ, "XDG_CACHE_HOME": cache},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return cpu, time.perf_counter() - begin
