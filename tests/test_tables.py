"""Numeric tables as people have them: an index, text, missing, constant and surplus columns."""

import gzip
import io
import json
import re
import sys

import numpy as np
import pytest

from genloop import data
from genloop.cli.run import run

POINTS = np.random.default_rng(0).normal(size=(60, 4)) * [1.0, 10.0, 0.1, 3.0] + [0.0, 5.0, 1.0, -2]
"""Rows of four columns."""


def frame(columns, *, index=None):
    """The text that `DataFrame.to_csv` writes of these columns by name."""
    rows = list(zip(*columns.values(), strict=True))
    index = range(len(rows)) if index is None else index
    lines = [",".join(["", *columns])]
    lines += [",".join(map(str, (label, *row))) for label, row in zip(index, rows, strict=True)]
    return "\n".join(lines) + "\n"


def named(*names, **others):
    return {name: POINTS[:, place] for place, name in enumerate(names)} | others


@pytest.fixture
def file(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refused(path, **how):
    with pytest.raises(data.InputError) as caught:
        data.table(path, **how)
    message = str(caught.value)
    assert message.isprintable() and message.endswith(".")
    return message


def remedied(message):
    """The columns that the remedy of a message names."""
    return re.search(r"--columns (\S+)", message)[1].split(",")


def test_an_index_of_the_rows_is_left_out_and_said(file):
    for index in (range(60), range(1, 61), range(7, 67)):
        real = data.table(file(frame(named("a", "b"), index=index)))
        assert real.labels == ("a", "b")
        assert "left out as the index" in real.origin.reading[0]
        np.testing.assert_allclose(real.covariance, np.cov(POINTS[:, :2].T, ddof=0), rtol=1e-9)
    again = frame(named("a", "b")).replace(",a", "Unnamed: 0,a", 1)
    assert data.table(file(again)).labels == ("a", "b")


def test_an_index_with_gaps_stays_and_the_warning_says_how_to_leave_it_out(file):
    path = file(frame(named("a", "b"), index=range(0, 180, 3)))
    real = data.table(path)
    assert real.dimension == 3 and not real.origin.reading
    (warning,) = real.origin.warnings
    assert data.table(path, columns=remedied(warning)).labels == ("a", "b")


def test_a_first_column_without_a_name_is_data_where_it_is_no_index(file):
    real = data.table(file(frame(named("a"), index=POINTS[:, 1])))
    assert real.dimension == 2 and not real.origin.reading and not real.origin.warnings


def test_names_that_pandas_gives_to_columns_without_any_are_names(file):
    rows = "\n".join(",".join(map(str, row)) for row in POINTS)
    real = data.table(file(f"0,1,2,3\n{rows}\n"))
    assert (real.labels, real.origin.size) == (("0", "1", "2", "3"), 60)
    assert "names of the columns" in real.origin.reading[0]


def test_columns_are_chosen_by_name_by_place_and_in_ranges(file):
    path = file(frame(named("a", "b c", "2", "d")))
    for columns, labels in {
        ("d", "a"): ("d", "a"),
        ("3",): ("b c",),
        ("2",): ("2",),
        ("2-3", "5"): ("a", "b c", "d"),
        "d": ("d",),
    }.items():
        real = data.table(path, columns=columns)
        assert real.labels == labels
    whole = data.table(path)
    chosen = data.table(path, columns=["d", "a"])
    np.testing.assert_allclose(
        chosen.covariance, np.asarray(whole.covariance)[np.ix_([3, 0], [3, 0])], rtol=1e-12
    )
    for columns in (["x"], ["9"], ["3-9"], ["4-3"], ["a", "2-2"], []):
        assert refused(path, columns=columns).startswith("E219")


def test_columns_without_numbers_are_named_and_the_remedy_works(file):
    lines = frame(named("a", "b", "c", text=["x"] * 60, day=["2026-11-29"] * 60)).splitlines()
    cells = lines[5].split(",")
    cells[2] = "NA"
    lines[5] = ",".join(cells)
    path = file("\n".join(lines))
    message = refused(path)
    assert message.startswith("E221")
    for part in ("'text' (60 of 60 cells)", "'day' (60 of 60 cells)", "'x' in line 2"):
        assert part in message
    assert "missing values in column 'b' (1 of 60 cells), the first in line 6" in message
    assert data.table(path, columns=remedied(message)).labels == ("a", "c")


@pytest.mark.parametrize("cell", ["", " ", "NA", "NaN", "nan", "null", "None", "n/a", "<NA>"])
def test_missing_values_are_counted(file, cell):
    text = f"x,y\n1,2\n3,{cell}\n4,{cell}\n5,7\n"
    message = refused(file(text))
    assert message.startswith("E222") and "'y' (2 of 4 cells), the first in line 3" in message
    assert remedied(message) == ["x"]
    assert "--columns" not in refused(file(f"x\n1\n{cell.strip() or 'NA'}\n5\n"))


def test_constant_columns_are_named_and_left_out_on_demand(file):
    path = file(frame(named("a", "b", zero=[0] * 60, one=[1.5] * 60)))
    message = refused(path)
    assert message.startswith("E233") and "'zero' (0) and 'one' (1.5)" in message
    assert "--drop-constant" in message
    real = data.table(path, drop_constant=True)
    assert real.labels == ("a", "b")
    assert real.origin.reading[-1] == "left out as constant: 'zero' (0) and 'one' (1.5)"
    assert refused(path, columns=["zero"], drop_constant=True).startswith("E233")


def test_columns_that_are_combinations_of_others_are_named_and_the_remedy_works(file):
    a, b, c, d = POINTS.T
    path = file(frame({"a": a, "sum": a - 2 * b, "b": b, "c": c, "d": d, "twice": 2 * d + 1}))
    message = refused(path)
    assert message.startswith("E235") and "'b' of " in message
    assert re.search("combination of ('a' and 'sum'|'sum' and 'a'),", message)
    assert "'twice'" in message
    assert data.table(path, columns=remedied(message)).labels == ("a", "sum", "c", "d")


def test_shares_that_add_up_to_one_are_a_combination_of_all(file):
    shares = np.exp(POINTS / 5)
    shares /= shares.sum(axis=1, keepdims=True)
    message = refused(file(frame({f"share_{i}": shares[:, i] for i in range(4)})))
    assert "'share_3'" in message and message.count("'share_") == 4
    assert remedied(message) == ["share_0", "share_1", "share_2"]


def test_more_columns_than_rows_are_refused_with_how_many_may_stay(file):
    path = file(frame({f"x{i}": POINTS[i, :] for i in range(6)}))
    assert "at most 3 columns" in refused(path)
    assert data.table(path, columns=["2-4"]).dimension == 3


def test_hostile_names_of_columns_are_escaped_and_chosen_by_their_places(file):
    name = "\x1b[31mred\u202e"
    path = file(frame({name: POINTS[:, 0], "b": POINTS[:, 1], "text": ["x"] * 60}))
    message = refused(path)
    assert remedied(message) == ["2-3"]
    assert data.table(path, columns=["2-3"]).labels == (name, "b")
    for bad in ([0] * 60, 3 * POINTS[:, 1]):
        message = refused(file(frame({name: bad, "b": POINTS[:, 1], "c": POINTS[:, 2]})))
        assert "red\\u202e" in message


def saved(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_arrays_of_numpy_are_tables(file):
    for array in (POINTS, np.asfortranarray(POINTS), POINTS.astype(np.float32)):
        for pack in (bytes, gzip.compress):
            real = data.table(file(pack(saved(array)), "table.npy"))
            assert real.labels == ("column 1", "column 2", "column 3", "column 4")
            np.testing.assert_allclose(
                real.covariance, np.cov(array.astype(float).T, ddof=0), rtol=1e-6, atol=1e-9
            )
    whole = np.array([[1, 2], [3, 5], [4, 4], [0, 1]], dtype=np.uint8)
    np.testing.assert_allclose(data.table(file(saved(whole))).mean, [2, 3])


@pytest.mark.parametrize(
    "array, code, remedy",
    [
        (POINTS[:, 0], "E236", "array.reshape(-1, 1)"),
        (POINTS.reshape(60, 2, 2), "E236", "array.reshape(len(array), -1)"),
        (POINTS.astype(complex), "E236", "array.astype(float)"),
        (POINTS > 0, "E236", "array.astype(float)"),
        (np.array([["a"], ["b"]]), "E236", "array.astype(float)"),
        (np.where(POINTS > 8, np.nan, POINTS), "E222", "--columns"),
        (np.where(POINTS > 8, np.inf, POINTS), "E223", "correct or remove the row"),
        (POINTS[:1], "E232", "at least 2"),
        (np.zeros((5, 0)), "E236", "some"),
    ],
)
def test_arrays_that_are_refused(file, array, code, remedy):
    message = refused(file(saved(array), "table.npy"))
    assert message.startswith(code) and remedy in message


def test_damaged_and_pickled_arrays_are_refused(file):
    whole = saved(POINTS)
    for content in (whole[:-9], whole[:20], whole[:7], whole.replace(b"'<f8'", b"'<O8'")):
        assert refused(file(content, "table.npy")).startswith("E202")
    stream = io.BytesIO()
    np.save(stream, np.array([[{}], [{}]]), allow_pickle=True)
    assert "Python objects" in refused(file(stream.getvalue(), "table.npy"))


def test_parquet_without_pyarrow_says_what_to_install(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    message = refused(file(b"PAR1 and more\0", "table.parquet"))
    assert message.startswith("E243") and "pip install pyarrow" in message


def test_parquet_files_are_tables(file):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    def write(columns, metadata=None):
        stream = io.BytesIO()
        found = pyarrow.table(columns).replace_schema_metadata(metadata)
        parquet.write_table(found, stream)
        return file(stream.getvalue(), "table.parquet")

    real = data.table(write(named("a", "b")))
    assert real.labels == ("a", "b") and real.origin.size == 60
    np.testing.assert_allclose(real.covariance, np.cov(POINTS[:, :2].T, ddof=0), rtol=1e-12)
    kept = {"pandas": json.dumps({"index_columns": ["id"], "columns": []})}
    real = data.table(write({"id": range(0, 180, 3), **named("a", "b")}, kept))
    assert real.labels == ("a", "b") and "'id'" in real.origin.reading[0]
    message = refused(write(named("a", text=["x"] * 60, gap=[None, *range(59)])))
    assert message.startswith("E221") and "'text' (60 of 60 cells)" in message
    assert "missing values in column 'gap' (1 of 60 cells), the first in row 1" in message
    assert remedied(message) == ["a"]
    content = write(named("a")).read_bytes()
    assert refused(file(content[:-20], "table.parquet")).startswith("E202")


def digits():
    """A file with the structure of the digits of scikit-learn, as pandas writes it.

    Sixty-four pixels of 0 to 16, three of them always 0, and the digit that is meant.
    """
    generator = np.random.default_rng(1)
    ink = generator.uniform(0.05, 0.95, size=(10, 64))
    target = generator.integers(10, size=400)
    pixels = generator.binomial(16, ink[target])
    pixels[:, [0, 32, 39]] = 0
    names = [f"pixel_{i}_{j}" for i in range(8) for j in range(8)]
    return frame(dict(zip([*names, "target"], [*pixels.T, target], strict=True)))


def test_the_digits_go_from_a_file_to_an_answer(file, capsys):
    path = str(file(digits(), "digits.csv"))
    assert run(["threshold", "--table", path]) == 2
    message = capsys.readouterr().err
    assert "'pixel_0_0' (0), 'pixel_4_0' (0) and 'pixel_4_7' (0)" in message
    assert "--drop-constant" in message
    code = run(
        ["threshold", "--table", path, "--drop-constant", "--columns", "2-65", "--json"]
        + ["-T", "0.9", "--samples", "900", "--real-samples", "100"]
    )
    assert code == 1
    document = json.loads(capsys.readouterr().out)
    assert document["result"]["input"]["dimensions"] == 61
    assert document["result"]["input"]["observations"] == 400
    assert document["result"]["at"]["variance_kept"] == pytest.approx(0.52763190797699)


def test_columns_are_chosen_on_the_command_line_and_in_a_study(file, capsys, tmp_path):
    path = str(file(frame(named("a", '"b, c"', "d"))))
    chosen = ["threshold", "--table", path, "--columns", '"b, c", d', "--drop-constant"]
    assert run([*chosen, "--json"]) == 0
    typed = json.loads(capsys.readouterr().out)["result"]
    assert list(typed["at"]["columns"]) == ["b, c", "d"]
    study = str(tmp_path / "study.toml")
    assert run([*chosen, "--dump-config", study]) == 0
    assert run(["threshold", "--config", study, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"] == typed
    for options in (["--columns", "1"], ["--drop-constant"]):
        assert run(["threshold", "--uniform", "3", *options]) == 2
        assert capsys.readouterr().err.startswith("E111")
