"""An interrupted process: exit code 130, one true line, and no half of a file."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from genloop.cli import interrupts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
ENTRY = [sys.executable, "-m", "genloop"]
COMMANDS = {
    "theory": 0.6,
    "threshold --tokens demo -T 0.8": 6,
    "simulate --uniform 50 -T 0.8 --replicates 100000": 8,
    "diagram --uniform 5 -T 0.5:1.2:9 -a 0.1:0.9:9": 6,
    "verify HD-6": 6,
    "fixed-points --uniform 5 -T 0.8 --certify": 6,
}


def begun(arguments, heard=True, **options):
    """A process; signals are inherited as ignored where these tests run in the background."""
    signals = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {
        number: signal.signal(number, handler if heard else signal.SIG_IGN)
        for number, handler in signals.items()
    }
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    try:
        return subprocess.Popen(arguments, **streams, **options)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ended(process, number=130, words="nothing was written"):
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (number, "")
    assert err.startswith(f"E{number} ") and err.count("\n") == 1 and words in err


def interrupted_at(command, moment):
    """Whether the process was still there to be interrupted, and ended as it should."""
    process = begun([*ENTRY, *command.split()])
    time.sleep(moment)
    if process.poll() is not None:
        process.communicate()
        return False
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if process.returncode != 130 and time.monotonic() - asked < 0.05:
        # The command was over before the signal came.
        return False
    assert (process.returncode, err) == (130, "E130 interrupted; nothing was written.\n"), command
    return True


def test_at_any_moment_an_interrupt_is_one_line():
    chance = random.Random(10)
    seen = 0
    for command in ("theory", "diagram --uniform 5 -T 0.5:1.2:9 -a 0.1:0.9:9"):
        for _ in range(2):
            seen += interrupted_at(command, chance.uniform(0.15, 2))
    assert seen


@pytest.mark.slow
def test_at_any_moment_of_any_command_an_interrupt_is_one_line():
    chance = random.Random(11)
    seen = 0
    for _ in range(12):
        command, longest = chance.choice(list(COMMANDS.items()))
        seen += interrupted_at(command, chance.uniform(0.15, longest))
    assert seen >= 4


PROGRAM = """
import os, sys, time
from genloop.cli import interrupts, run
def stuck():
    {body}
run.run = stuck
import genloop.cli
genloop.cli.main()
"""


def program(body, **options):
    """A process whose command is `body`, and that says on stdout when it has come to it."""
    body = "print('here', flush=True)\n" + textwrap.dedent(body)
    text = PROGRAM.format(body=textwrap.indent(body, "    ").strip())
    process = begun([sys.executable, "-c", text], **options)
    assert process.stdout.readline() == "here\n"
    return process


def test_an_interrupt_inside_a_callback_of_jax_is_not_swallowed():
    body = """
        import jax, numpy as np
        def slow(x):
            print("inside", flush=True)
            end = time.time() + 60
            while time.time() < end:
                pass
            return x
        shape = jax.ShapeDtypeStruct((), np.float32)
        jax.jit(lambda x: jax.pure_callback(slow, shape, x))(1.0).block_until_ready()
    """
    process = program(body)
    assert process.stdout.readline() == "inside\n"
    process.send_signal(signal.SIGINT)
    ended(process)


@pytest.mark.parametrize(
    "body",
    [
        # Everything that Python code can do to an exception.
        "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
        # Native code that does not return to the interpreter for a long time.
        "import threading\nlock = threading.Lock()\nwith lock:\n    __import__('ctypes')"
        ".CDLL(None).sleep(60)\n    __import__('ctypes').CDLL(None).sleep(60)",
    ],
)
def test_whoever_catches_everything_or_never_returns_is_interrupted_too(body):
    process = program(body)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    ended(process)


def test_the_line_names_the_files_that_were_written():
    write = "interrupts.WRITTEN.append('one\\n.json')\nprint('inside', flush=True)"
    process = program(f"{write}\ntime.sleep(60)")
    assert process.stdout.readline() == "inside\n"
    process.send_signal(signal.SIGINT)
    ended(process, words="were written before: 'one\\n.json'.")


def test_what_is_half_done_is_undone(tmp_path):
    half = tmp_path / "half"
    half.write_text("half")
    body = f"""
        with interrupts.deed_of_the_last_moment(lambda: os.remove({str(half)!r})):
            print("inside", flush=True)
            time.sleep(60)
    """
    process = program(body)
    assert process.stdout.readline() == "inside\n"
    process.send_signal(signal.SIGINT)
    ended(process)
    assert not half.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_ends_from_outside_have_their_own_codes(number):
    process = program("time.sleep(60)")
    process.send_signal(number)
    ended(process, 128 + number)


def test_interrupts_that_are_ignored_stay_ignored():
    process = program("time.sleep(1)\nprint('survived', flush=True)\nreturn 7", heard=False)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (7, "survived\n", "")


def test_without_a_file_nothing_was_written(monkeypatch):
    monkeypatch.setattr(interrupts, "WRITTEN", [])
    assert interrupts.line() == "E130 interrupted; nothing was written."


def test_the_script_of_a_figure_ends_with_the_command_that_runs_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import os, pathlib, time\n"
        "pathlib.Path('script.csv').write_text('whole')\n"
        "pathlib.Path('number').write_text(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    process = program(f"""
        import pathlib
        from genloop.cli.commands import figures
        figures._draw(pathlib.Path({str(script)!r}))
    """)
    number = tmp_path / "number"
    while not (number.exists() and number.read_text()):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    ended(process, words="script.csv")
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)
