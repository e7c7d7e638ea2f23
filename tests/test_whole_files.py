"""Files are written whole or not at all, and never over an input or another output."""

import json
import os
import stat
import subprocess
import sys

import pytest

import genloop as gl
from genloop import files, plots
from genloop.cli import outputs
from genloop.cli.run import run

resource = pytest.importorskip("resource", reason="needs the limits and links of POSIX")
linux = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the devices of Linux")

COUNTS = "token,count\na,5\nb,3\nc,1\n"
SETTINGS = ("--temperature", "0.9")

COMMANDS = {
    "bounds": ("bounds", "--counts", "{input}", *SETTINGS, "--out", "{output}"),
    "doctor": ("doctor", "--out", "{output}"),
    "theory": ("theory", "HD-1", "--out", "{output}"),
    "extinction": ("extinction", "--counts", "{input}", "--out", "{output}"),
    "simulate": ("simulate", "--counts", "{input}", "--generations", "2", "--out", "{output}"),
}
"""Commands whose document is longer than a kilobyte."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text(COUNTS)
    return tmp_path


def said(capsys, *arguments):
    code = run(arguments)
    return code, *capsys.readouterr()


def limited(write):
    """Writing where no file may be longer than half a kilobyte, as under `ulimit -f 1`."""

    def write_little(contents):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, hard))
        try:
            write(contents)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return write_little


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_that_does_not_fit_leaves_the_old_one(name, folder, capsys, monkeypatch):
    old = folder / "old.json"
    old.write_text("kept")
    names = {"input": "good.json", "output": "old.json"}
    command = [part.format(**names) for part in COMMANDS[name]]
    monkeypatch.setattr(outputs, "write", limited(outputs.write))
    code, out, err = said(capsys, *command)
    assert (code, out) == (4, "")
    assert err.startswith("E402 cannot write 'old.json' (File too large)") and err.count("\n") == 1
    assert old.read_text() == "kept"
    assert sorted(os.listdir()) == ["good.json", "old.json"]


def test_of_several_files_all_are_written_or_none(folder):
    (folder / "first").write_text("kept")
    with pytest.raises(OSError, match="No such file"):
        files.write_all({"first": b"new", "no/such/folder": b"new"})
    assert (folder / "first").read_text() == "kept"
    assert sorted(os.listdir()) == ["first", "good.json"] and not files.PENDING
    files.write_all({"first": b"new", "second": b"too"})
    assert [(folder / name).read_bytes() for name in ("first", "second")] == [b"new", b"too"]


def test_a_picture_and_its_data_stand_together_or_not_at_all(folder):
    figure, axes = plots.canvas()
    axes.plot([0, 1])
    with pytest.raises(ValueError, match="lists of one length"):
        plots.save(figure, {"x": [1, 2], "y": [1]}, folder / "picture")
    (folder / "picture.csv").mkdir()
    with pytest.raises(OSError):
        plots.save(figure, {"x": [1, 2]}, folder / "picture")
    assert sorted(os.listdir()) == ["good.json", "picture.csv"]


def test_certificates_are_whole_too(folder):
    pytest.importorskip("flint")
    with gl.x64():
        proof = gl.certify(lambda x: 0.5 * x + 1, 2.0)
    proof.save("proof.json")
    assert json.loads((folder / "proof.json").read_text()) == json.loads(json.dumps(proof.document))
    os.chmod("proof.json", 0o444)
    if os.geteuid():  # the superuser may write everything
        with pytest.raises(PermissionError):
            proof.save("proof.json")


def test_links_and_permissions_stay(folder):
    (folder / "file").write_text("old")
    os.chmod("file", 0o640)
    os.symlink("file", "link")
    files.write("link", b"new")
    assert os.path.islink("link") and (folder / "file").read_text() == "new"
    assert stat.S_IMODE(os.stat("file").st_mode) == 0o640
    before = os.umask(0o027)
    try:
        files.write("fresh", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat("fresh").st_mode) == 0o640


@linux
def test_devices_and_pipes_are_written_to_and_never_replaced(folder, capsys):
    os.mkfifo("pipe.json")
    reader = os.open("pipe.json", os.O_RDONLY | os.O_NONBLOCK)
    files.write("pipe.json", b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    for device in ("/dev/null", "/dev/zero"):
        files.write(device, b"nothing")
        assert stat.S_ISCHR(os.stat(device).st_mode)
    code, _, err = said(capsys, "doctor", "--out", "/dev/full")
    assert code == 4 and err.startswith("E402")


WRITER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored here
from genloop.cli import interrupts
from genloop import files
interrupts.listen()
rename = os.replace
def replace(*names):
    if sys.argv[1] == "after":
        rename(*names)
    os.kill(os.getpid(), 2)
os.replace = replace
files.write("file", b"new")
"""


@pytest.mark.parametrize(
    ("moment", "content", "words"),
    [("before", "old", "nothing was written"), ("after", "new", "were written before: 'file'")],
)
def test_an_interrupt_leaves_no_draft_and_says_what_stands(folder, moment, content, words):
    (folder / "file").write_text("old")
    command = [sys.executable, "-c", WRITER, moment]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 130 and words in done.stderr, done.stderr
    assert (folder / "file").read_text() == content
    assert sorted(os.listdir()) == ["file", "good.json"]


def spellings(folder):
    os.link("good.json", "hard.json")
    os.symlink("good.json", "soft.json")
    os.symlink(folder, "loop")
    return ["./good.json", "loop/good.json", str(folder / "good.json"), "soft.json", "hard.json"]


def test_no_output_is_an_input_under_any_name(folder, capsys):
    for out in ["good.json", *spellings(folder)]:
        for command in ("threshold", "bounds", "extinction", "accumulate", "simulate", "diagram"):
            code, _, err = said(capsys, command, "--counts", "good.json", "--out", out)
            assert code == 2 and err.startswith("E120 --out "), (command, out, err)
        code, _, err = said(capsys, "certify-check", "good.json", "--out", out)
        assert code == 2 and "is the file of the proofs" in err
        code, _, err = said(
            capsys, "threshold", "--counts", "good.json", "--certify", "--certificates", out
        )
        assert code == 2 and err.startswith("E120 --certificates ")
    assert (folder / "good.json").read_text() == COUNTS


@linux
def test_no_output_is_an_input_by_the_names_of_the_system(folder, capsys):
    descriptor = os.open("good.json", os.O_RDWR)
    os.symlink(f"/dev/fd/{descriptor}", "soft.json")
    names = ["/proc/self/cwd/good.json", f"/dev/fd/{descriptor}", f"/proc/self/fd/{descriptor}"]
    for out in [*names, "soft.json"]:
        code, _, err = said(capsys, "threshold", "--counts", "good.json", "--out", out)
        assert code == 2 and err.startswith("E120 --out "), (out, err)
    os.close(descriptor)
    assert (folder / "good.json").read_text() == COUNTS


def test_a_name_that_cannot_be_written_is_told_before_any_work(folder, capsys):
    os.symlink("one.json", "two.json"), os.symlink("two.json", "one.json")
    os.symlink("absent/file.json", "dangling.json")
    for out in ("n" * 300 + ".json", "n" * 5000 + ".json", "one.json", "dangling.json", "x/y.json"):
        code, _, err = said(capsys, "threshold", "--counts", "good.json", "--out", out)
        assert code == 4 and err.startswith("E401 "), (out, err)


@linux
def test_only_open_files_are_written_through(folder):
    descriptor = os.open("good.json", os.O_RDWR)
    os.symlink("/dev/stdout", "stdout.json")
    for name in (f"/dev/fd/{descriptor}", "/dev/stdout", "stdout.json", "/proc/self/fd/1"):
        assert files.is_special(name), name
    os.close(descriptor)
    # Folders of the system hold files too, which are written whole.
    for name in ("/dev/shm/x.json", "/proc/self/cwd/x.json", "good.json", "absent.json"):
        assert not files.is_special(name), name


def test_no_output_is_another_output(folder, capsys):
    os.symlink("one.json", "two.json")
    for command in (("threshold", "--counts", "good.json"), ("verify", "HD-1")):
        for other in ("one.json", "./one.json", "two.json"):
            outputs = ("--certify", "--certificates", "one.json", "--out", other)
            code, _, err = said(capsys, *command, *outputs)
            assert code == 2 and "is the file of --" in err, err
    assert not (folder / "one.json").exists()


def test_a_document_is_not_written_under_the_name_of_something_else(folder, capsys):
    for out in ("r.html", "r.csv", "r.txt", "json", "r.json.gz"):
        code, _, err = said(capsys, "threshold", "--counts", "good.json", "--out", out)
        assert code == 2 and err.startswith("E112 --out is "), err
    code, _, err = said(capsys, "diagram", "--counts", "good.json", "--out", "r.html")
    assert code == 2 and ".png or .svg" in err


def test_only_figures_of_the_project_are_run(folder, capsys, monkeypatch):
    from genloop.cli.commands import figures

    monkeypatch.setattr(figures, "_roots", lambda: [folder])
    (folder / "figures").mkdir()
    (folder / "figures" / "mine.py").write_text("open('run', 'w')")
    for described in (None, "[project]\nname = 'other'", "name = 'genloop'", "[[["):
        if described is not None:
            (folder / "pyproject.toml").write_text(described)
        code, _, err = said(capsys, "figures")
        assert code == 4 and err.startswith("E404")
    assert not (folder / "figures" / "run").exists()
