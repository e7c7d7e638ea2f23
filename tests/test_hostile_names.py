"""Names and texts from outside never reach the terminal or a picture as they are."""

import json
import os
import xml.etree.ElementTree as ElementTree

import pytest

from genloop import plots
from genloop.cli.run import run
from genloop.errors import escaped, shown

HOSTILE = {
    "a line of its own": "x\nACCEPTED (main theorem)",
    "colours": "\x1b[31mred\x1b[0m",
    "a title of the window": "\x1b]0;owned\x07",
    "C1 codes": "\x9b31m\x85",
    "writing from right to left": "abc\u202efdp.exe\u2066\u200f",
    "invisible": "a\u200bb\ufeffc\u00ad",
    "line and paragraph separators": "a\u2028b\u2029c",
    "a carriage return": "good\rbad",
    "a tabulator and a backspace": "a\tb\x08c",
    "formulas": "$x_{$ \\frac{",
    "markup": "[red]x[/red] [link=http://x]y[/link] <b>&",
    "bytes that are no text": "caf\udce9",
}


def is_plain(text):
    return all(letter.isprintable() or letter == "\n" for letter in text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_shown_is_one_line_of_visible_letters(text):
    assert escaped(text).isprintable() and shown(text).isprintable()
    assert len(shown(100 * text)) == 60 and shown(100 * text)[0] == shown(100 * text)[-1]


def test_letters_of_all_languages_stay():
    for text in ("café", "日本語", "Ελλάδα", "emoji 🙂", "it's"):
        assert escaped(text) == text and text in shown(text)


def commands(name):
    """Command lines that say a name that leads to nothing."""
    for command in ("threshold", "fixed-points", "bounds", "extinction", "accumulate", "simulate"):
        for option in ("--counts", "--tokens", "--out", "--temperature", "--seed"):
            yield command, "--uniform", "2", option, name
        yield command, "--counts", name
    yield from ((name,), ("threshold", f"--{name}"), ("threshold", "--uniform", name))
    yield from (("threshold", "--uniform", "3", "--goal", name), ("diagram", "--along", name))
    yield from (("diagram", "--uniform", "3", "-T", name), ("theory", name), ("verify", name))
    yield from (("certify-check", name), ("figures", name), ("threshold", "--words", name))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_one_visible_line_in_every_complaint(name, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in commands(name):
        code = run(command)
        out, err = capsys.readouterr()
        assert code in (2, 4) and err.count("\n") == 1, (command, out, err)
        assert is_plain(out) and is_plain(err) and "E390" not in err, (command, err)
    assert not os.listdir()


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_and_its_tokens_are_shown_escaped(name, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = f"{name.replace('/', '')}.csv"
    cell = name.replace('"', '""').encode("utf-8", "replace").decode()
    one_line = " ".join(cell.splitlines())
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(f'token,count\n"{one_line}",50\nb,30\nc,20\n')
    for command in (
        ("threshold", "--temperature", "0.9"),
        ("fixed-points", "--starts", "0", "--temperature", "0.9"),
        ("extinction",),
        ("bounds",),
    ):
        assert run((*command, "--counts", path, "--out", f"{path}.json")) in (0, 1, 3)
        out, err = capsys.readouterr()
        assert is_plain(out) and err == "", (out, err)
        assert run((*command, "--counts", path, "--json")) in (0, 1, 3)
        json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_drawn_as_plain_letters(name, tmp_path):
    with plots.style(), plots.any_letters():
        figure, axes = plots.canvas()
        axes.plot([0, 1], label=plots.text(name))
        axes.set_title(plots.text(f"{name} 日本 🙂"))
        axes.legend()
        plots.save(figure, {"x": [0, 1]}, tmp_path / "picture")
    ElementTree.parse(tmp_path / "picture.svg")


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_diagram_of_a_hostile_file_is_drawn(name, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = f"{name.replace('/', '')}.csv"
    with open(path, "w", encoding="utf-8") as file:
        file.write("token,count\na,50\nb,30\n")
    grid = ("-T", "0.5:1:2", "-a", "0.1:0.9:2")
    for suffix in ("png", "svg", "pdf"):
        assert run(("diagram", "--counts", path, *grid, "--out", f"drawn.{suffix}")) == 0
        out, err = capsys.readouterr()
        assert is_plain(out) and err == ""
    ElementTree.parse("drawn.svg")


def test_the_name_of_a_proof_cannot_pass_for_a_verdict(capsys, tmp_path):
    pytest.importorskip("flint")
    for name in (*HOSTILE.values(), f"x{' ' * 90}ACCEPTED (main theorem)"):
        forged = {"certificates": {name: {"schema": "genloop/certificate/9", "claim": name}}}
        (tmp_path / "forged.json").write_text(json.dumps(forged))
        code = run(("certify-check", str(tmp_path / "forged.json")))
        out, err = capsys.readouterr()
        assert code == 1 and err == "" and is_plain(out)
        assert [line.split()[0] for line in out.splitlines()].count("REJECTED") == 1
        assert not any(line.startswith("ACCEPTED") for line in out.splitlines())
