"""Documents of every command as they were: structure and words the same, numbers to rounding.

`python tests/test_golden.py` writes them anew, after a change that is meant to change them.
"""

import contextlib
import io
import json
import math
import pathlib
import sys

import pytest

FOLDER = pathlib.Path(__file__).parent / "golden"
COUNTS, TABLE, TEXT = "--counts counts.csv", "--table table.csv", "--tokens text.txt"
SMOOTH, RULE = "Temper(0.8)>>Mix(real,1-b)", "TopK(3)>>Temper(T)>>Mix(real,a)"
POOL, SHARES = "Temper(T)>>Draw(n)>>Mix(real,m/(n+m),samples=m)", "Draw(n)>>Mix(real,a)"
COMMANDS = {
    "threshold_counts": f"threshold {COUNTS} -T 0.8",
    "threshold_text": f"threshold {TEXT}",
    "threshold_hot": f"threshold {COUNTS} -T 1.5",
    "threshold_goal": f"threshold {COUNTS} -T 0.9 --real-fraction 0.3",
    "threshold_nucleus": f"threshold {COUNTS} --nucleus 0.9",
    "threshold_table": f"threshold {TABLE} --samples 100",
    "threshold_standing": f"threshold {TABLE} --loop accumulate --set n=100 --goal variance=0.9",
    "threshold_certified": "threshold --uniform 3 -T 0.8 --certify",
    "fixed_points_counts": f"fixed-points {COUNTS} -T 0.8 -a 0.1",
    "fixed_points_table": f"fixed-points {TABLE} -T 0.8 -a 0.3",
    "simulate_counts": f"simulate {COUNTS} -T 0.9 -a 0.1 --samples 50 --replicates 20",
    "simulate_table": f"simulate {TABLE} -a 0.2 --samples 50 --replicates 20",
    "diagram_counts": f"diagram {COUNTS} -T 0.5:1.2:4 -a 0.1:0.9:4",
    "diagram_along": f"diagram {COUNTS} --along real-fraction -T 0.8 -a 0.05:0.9",
    "diagram_loop": f"diagram {COUNTS} --loop {SMOOTH} --along b=0.1:0.95 --winners 1",
    "diagram_grid": f"diagram {COUNTS} --loop {RULE} --along T=0.6:0.9:2 --along a=0.1:0.5:3",
    "plan_table": f"plan {TABLE} --loop {POOL} --set T=0.9 --set n=90 --find m --generations 6",
    "plan_counts": f"plan {COUNTS} --loop {SHARES} --schedule a=0.5/(t+1) --schedule n=9*(t+1)",
    "extinction_counts": f"extinction {COUNTS}",
    "accumulate_counts": f"accumulate {COUNTS} -T 0.9 -a 0.1",
    "profile_counts": f"profile {COUNTS} --loop Draw(50)>>Mix(real,0.2) --replicates 100",
    "profile_table": f"profile {TABLE} --loop Draw(20)>>Unbias(20) --replicates 100",
    "bounds_counts": f"bounds {COUNTS} -T 0.8",
    "verify_theorem": "verify HD-6 ST-B3",
    "theory_all": "theory",
}


def document(arguments):
    """The exit code and the document of a command, without what differs between machines."""
    from genloop.cli.run import run

    out = io.StringIO()
    with contextlib.chdir(FOLDER), contextlib.redirect_stdout(out):
        code = run([*arguments.split(), "--json"])
    found = json.loads(out.getvalue())
    found["provenance"].pop("versions")
    result = found["result"]
    if isinstance(result, dict) and "theorems" in result:
        result["theorems"] = {theorem["id"]: theorem for theorem in result["theorems"]}
        for theorem in result["theorems"].values():
            theorem["checks"] = list(map(steady, theorem["checks"]))
    return {"exit": code, **found}


def steady(check):
    """A check without numbers that rounding chooses: of those that agree the worst is shown."""
    if check["kind"] == "Monte Carlo" or (check["kind"] == "bound" and check["error"] > 1e-6):
        return check
    chosen = {"claimed", "computed", "error"}
    return {name: value for name, value in check.items() if name not in chosen}


def differences(found, kept, path=""):
    """Where two documents differ: other keys, words, whole numbers, or numbers beyond rounding."""
    if isinstance(kept, dict) and isinstance(found, dict):
        yield from (f"{path}.{key} is new or gone" for key in found.keys() ^ kept.keys())
        for key in found.keys() & kept.keys():
            yield from differences(found[key], kept[key], f"{path}.{key}")
    elif isinstance(kept, list) and isinstance(found, list):
        if len(found) != len(kept):
            yield f"{path} has {len(found)} entries, had {len(kept)}"
        for index, pair in enumerate(zip(found, kept, strict=False)):
            yield from differences(*pair, f"{path}[{index}]")
    elif isinstance(kept, float) and isinstance(found, int | float):
        if not math.isclose(found, kept, rel_tol=1e-9, abs_tol=1e-11):
            yield f"{path} is {found}, was {kept}"
    elif found != kept:
        yield f"{path} is {found!r}, was {kept!r}"


SLOW = ("verify_theorem", "diagram_along", "diagram_loop", "threshold_certified", "threshold_text")
CASES = [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in COMMANDS]


@pytest.mark.parametrize("name", CASES)
def test_the_document_of_a_command_is_the_one_that_was_kept(name):
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert not list(differences(document(COMMANDS[name]), kept))


@pytest.mark.slow
def test_the_numbers_of_all_theorems_are_those_that_were_kept():
    kept = json.loads((FOLDER / "verify.json").read_text(encoding="utf-8"))
    assert not list(differences(theorems(), kept))


def theorems():
    """Verdicts and numbers of every check and every false neighbour."""
    found = document("verify")["result"]["theorems"]
    rows = lambda checks: [
        [one["statement"], one["verdict"], one.get("computed")] for one in checks
    ]
    return {
        name: {
            "spec": one["spec"],
            "verdict": one["verdict"],
            "checks": rows(one["checks"]),
            "mutants": [[mutant["statement"], mutant["verdict"]] for mutant in one["mutants"]],
        }
        for name, one in found.items()
    }


if __name__ == "__main__":
    chosen = sys.argv[1:] or [*COMMANDS, "verify"]
    for name in chosen:
        content = theorems() if name == "verify" else document(COMMANDS[name])
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
