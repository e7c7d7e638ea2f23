"""Hostile command lines: exit codes 0 to 4, one line for a failure, never a defect."""

import contextlib
import io
import json
import random
import re

import pytest

from genloop.cli.run import run

SEED = 20261128
QUICK = [
    "threshold",
    "fixed-points",
    "simulate",
    "diagram",
    "extinction",
    "accumulate",
    "bounds",
    "plan",
]
NAMED = ["verify", "theory", "figures", "doctor", "certify-check"]
OPTIONS = """--tokens --counts --table --words --uniform -T --temperature -a --real-fraction --goal
--nucleus --samples --real-samples --replicates --generations --token --size --window --along
--total-variation --seed --out --json --certify --digits --certificates --field --top-k --min-p
--distribution --help --version --no-such""".split()
NUMBERS = """0 1 2 3 7 -1 -0 0.5 0.9 1.1 1e-300 5e-324 1e308 1e309 1e400 -1e400 nan inf -inf 1e-9
0x10 1_000 1,5 ٣ 0.1.2 +1 1e --  9223372036854775807 9223372036854775808 9e30 1e19""".split()
TEXTS = ["", " ", "\n", "a\nACCEPTED", "\x1b[31mred", "\u202eevil", "\ud800", "=", "--", "-", "💥"]
TEXTS += ["x" * 5000, "9" * 5000, "../..", "/dev/null", "/", "$x_{$", "%s", "{0}", "[red]", "demo"]
RANGES = [
    "0.5:1:3",
    "1:0.5:3",
    "a:b:c",
    "0.5:1:0",
    "0.5:1:99999",
    ":::",
    "nan:1:2",
    "0.9:1.1",
    "1:1",
]
CONTENTS = [
    "",
    "a",
    "a b a c a b",
    "token,count\na,3\nb,2\n",
    "x,y\n1,2\n2,5\n4,1\n7,9\n",
    "a,b\n1\n",
]
CONTENTS += [
    '{"a": 1}',
    '"',
    "token,count\na,nan\n",
    "token,count\na,-1\n",
    "x\n1e400\n2\n",
    "\ufeffa,b",
]
CONTENTS += ["token,count\n\x1b[31m,3\nb\u202e,2\n", "token;count\na;1\n", "x,x\n1,2\n3,4\n5,7\n"]


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def case(chance, folder):
    """One command line; every second one begins with an input that is right."""
    command = chance.choice([*QUICK, *QUICK, *NAMED, "nonsense", chance.choice(TEXTS)])
    words = [command]
    if command in QUICK and chance.random() < 0.5:
        words += ["--uniform", chance.choice(["2", "3", "5"]), "--seed", "1"]
    for _ in range(chance.randrange(5)):
        option = chance.choice(OPTIONS)
        kind = chance.random()
        if kind < 0.5:
            value = chance.choice(NUMBERS)
        elif kind < 0.7:
            value = chance.choice(TEXTS)
        elif kind < 0.8:
            value = chance.choice(RANGES)
        else:
            value = str(folder / f"in{chance.randrange(len(CONTENTS))}.csv")
        if option == "--out":
            value = chance.choice(
                ["out.json", "out.csv", "out.png", "no/out.json", "/dev/full", value]
            )
        pair = chance.choice([[option, value], [f"{option}={value}"], [option], [value]])
        words += pair
    return words


def slow(words):
    """Whether a command line asks for what takes long by right."""
    if words[0] in ("verify", "figures", "doctor"):
        return "--help" not in words and not any(word == "--no-such" for word in words)
    text = " ".join(words)
    return bool(re.search("--certify|--words|demo", text)) or words[0] in ("diagram", "simulate")


def answer(words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return code, out.getvalue(), err.getvalue()


def refuse(token):
    raise AssertionError(f"{token} in JSON")


def check(words):
    code, out, err = answer(words)
    assert code in (0, 1, 2, 3, 4), (words, code)
    assert "Traceback" not in err and "E390" not in err, (words, err)
    assert err.count("\n") <= 1 and not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", err
    ), (
        words,
        err,
    )
    assert not err or re.match(r"E\d{3} ", err), (words, err)
    assert code in (0, 1, 3) or err, (words, code)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out), (words, out)
    if "--json" in words and code in (0, 1, 3) and out.startswith("{"):
        json.loads(out, parse_constant=refuse)


def attack(seed, count, folder):
    for index, content in enumerate(CONTENTS):
        (folder / f"in{index}.csv").write_text(content)
    chance = random.Random(seed)
    done = 0
    while done < count:
        words = case(chance, folder)
        if words and not slow(words):
            check(words)
            done += 1


def test_hostile_command_lines_end_in_one_line(here):
    attack(SEED, 300, here)


@pytest.mark.slow
def test_thousands_of_hostile_command_lines_end_in_one_line(here):
    attack(SEED + 1, 3000, here)


@pytest.mark.slow
def test_hostile_simulations_and_diagrams_end_in_one_line(here):
    chance = random.Random(SEED + 2)
    small = {"diagram": ["-T", "0.8:1:2", "-a", "0.1:0.2:2"], "simulate": ["--generations", "2"]}
    for _ in range(150):
        command = chance.choice(["diagram", "simulate"])
        words = [command, "--uniform", "3", *small[command]]
        option = chance.choice([o for o in OPTIONS if o not in ("--words", "--uniform")])
        if option != "--replicates":
            check([*words, option, chance.choice([*NUMBERS, *TEXTS[:-1], *RANGES[:4]])])
