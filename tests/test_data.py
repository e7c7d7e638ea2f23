"""Real input: what is read is exact, and what cannot be read is refused with its own code."""

import csv
import hashlib
import io
import math
import sys

import equinox as eqx
import jax
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from genloop import Categorical, Gaussian, data
from genloop.data.text import tokenise


@pytest.fixture
def file(tmp_path):
    """Write a file and return its path."""

    def write(content, name="input.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(reader, *arguments) -> data.InputError:
    with pytest.raises(data.InputError) as caught:
        reader(*arguments)
    message = str(caught.value)
    assert message.startswith(caught.value.code + " ") and message.endswith(".")
    assert "\n" not in message
    return caught.value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The cat, the CAT!", "the cat the cat"),
        ("don't don\u2019t 'tis dogs' a''b rock'n'roll", "don't don't tis dogs a b rock'n'roll"),
        ("e-mail x_1 3.14", "e mail x 1 3 14"),
        ("\u00c9cole e\u0301cole", "\u00e9cole \u00e9cole"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940"),
        ("'' -- ...", ""),
    ],
)
def test_the_rule_of_tokens(text, expected):
    assert tokenise(text) == expected.split()


def test_tokens_are_counted_and_ranked(file):
    path = file("b a b c\na b", "text.txt")
    real = data.tokens(path)
    assert isinstance(real, Categorical)
    assert real.labels == ("b", "a", "c")
    np.testing.assert_array_equal(real.probabilities, np.array([3, 2, 1]) / 6)
    assert (real.source, real.origin.size) == (str(path), 6)
    assert real.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_equal_counts_are_in_code_point_order(file):
    assert data.tokens(file("z a m z", "text.txt")).labels == ("z", "a", "m")


def test_a_byte_order_mark_is_no_token(file):
    assert data.tokens(file(b"\xef\xbb\xbfone two", "text.txt")).labels == ("one", "two")


def test_demo_is_the_documentation_of_python():
    real = data.demo()
    assert real.labels[0] == "the"
    assert 40_000 < real.origin.size < 120_000 and real.outcomes > 2_000
    assert real.sha256 == data.tokens("demo").sha256
    counts = np.asarray(real.probabilities) * real.origin.size
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-7)
    assert (np.diff(real.probabilities) <= 0).all()


def test_a_file_called_demo_needs_its_path(file, monkeypatch):
    monkeypatch.chdir(file("x y", "demo").parent)
    assert data.tokens("./demo").labels == ("x", "y")
    assert data.tokens("demo").labels[0] == "the"


@pytest.mark.parametrize(
    "content, code",
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "E203"),
        (b"one\x00two", "E203"),
        ("caf\u00e9".encode("latin-1"), "E203"),
        ("one two".encode("utf-16-le"), "E203"),
        ("one two".encode("utf-16")[:-1], "E203"),
        (b"", "E204"),
        (b" \n\t\n", "E204"),
        (b"\xef\xbb\xbf", "E204"),
        (b"!?", "E205"),
        (b"same same SAME", "E206"),
    ],
)
def test_texts_that_are_refused(file, content, code):
    assert refused(data.tokens, file(content, "text.txt")).code == code


def test_files_that_are_not_there(tmp_path):
    assert refused(data.tokens, tmp_path / "no\nsuch.txt").code == "E201"
    assert refused(data.tokens, tmp_path).code == "E202"
    assert refused(data.tokens, "a\0b").code == "E202"
    assert refused(data.counts, tmp_path / "none.csv").code == "E201"
    assert refused(data.table, tmp_path / "none.csv").code == "E201"


def test_counts_keep_the_order_of_the_file(file):
    path = file('count,token,note\n1, a,x\n 3 ,"b,c",y\n\n0.5,B,\n')
    real = data.counts(path)
    assert real.labels == (" a", "b,c", "B")
    np.testing.assert_array_equal(real.probabilities, np.array([1, 3, 0.5]) / 4.5)
    assert (real.source, real.origin.size) == (str(path), 4)
    assert real.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


COUNTS = {
    "token,count\na,1\na,2\n": "E227",
    "token,count\na,1\n,2\n": "E228",
    "token,count\na,-1\nb,2\n": "E224",
    "token,count\na,nan\nb,2\n": "E222",
    "token,count\na,inf\nb,2\n": "E223",
    "token,count\na,1e999\nb,2\n": "E207",
    "token,count\na,1e9999\nb,2\n": "E223",
    "token,count\na,many\nb,2\n": "E221",
    "token,count\na,\nb,2\n": "E221",
    "token,count\na,1_000\nb,2\n": "E221",
    "token,count\na,0\nb,2\n": "E225",
    "token,count\na,0\nb,0\n": "E226",
    "token,count\na,1\n": "E206",
    "token,count\na,1e300\nb,1e-300\n": "E207",
    "token,count\na,1e308\nb,1e-308\n": "E207",
    "token,count\n": "E215",
    "kind,number of it\na,1\n": "E214",
    "token,word,count\n": "E215",
    "1,5\n2,2\n": "E218",
    "token count\na one\n": "E220",
    "token,count\na,³\nb,2\n": "E221",
    "token,count\na,1 000\nb,2\n": "E221",
    "token;count\na;1,200\nb;2\n": "E229",
    "token,count,count\na,1,2\n": "E212",
    "token,count\na,1,2\n": "E213",
    "token,count\na\n": "E213",
    'token,count\n"a,1\nb,2\n': "E211",
    'token,count\n"a"b,1\nb,2\n': "E211",
    "": "E204",
    "token,count\na\0,1\n": "E203",
}


@pytest.mark.parametrize("content", COUNTS)
def test_counts_that_are_refused(file, content):
    assert refused(data.counts, file(content)).code == COUNTS[content]


def test_messages_say_where_and_what(file):
    message = str(refused(data.counts, file("token,count\na,1\nb,-2.5\n")))
    assert "line 3" in message and "-2.5" in message and "'b'" in message
    message = str(refused(data.counts, file("token,count\na,1\nb,0\nc,0\n")))
    assert "2 of its tokens" in message and "remove these rows" in message


def test_a_table_is_fitted_by_maximum_likelihood(file):
    points = np.random.default_rng(0).normal(size=(50, 3)) * [1e-6, 1.0, 1e9] + [1.0, 5.0, -1e12]
    rows = "\n".join(",".join(map(repr, map(float, row))) for row in points)
    path = file(f"x, y,z\n{rows}\n")
    real = data.table(path)
    assert isinstance(real, Gaussian)
    assert real.labels == ("x", "y", "z")
    assert (real.source, real.origin.size) == (str(path), 50)
    np.testing.assert_allclose(real.mean, points.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(real.covariance, np.cov(points.T, ddof=0), rtol=1e-9)
    assert (np.diag(real.factor) > 0).all() and not np.triu(real.factor, 1).any()


def test_one_column_is_enough(file):
    real = data.table(file("x\n1\n2\n4\n"))
    np.testing.assert_allclose(real.covariance, [[np.var([1, 2, 4])]], rtol=1e-15)


TABLES = {
    "x,y\n1,2\n3,4\n5,7\n9,nan\n": "E222",
    "x,y\n1,2\n3,inf\n5,7\n": "E223",
    "x,y\n1,2\n3,\n5,7\n": "E222",
    "x,y\n1,2\n3,red\n5,7\n": "E221",
    "x,y\n1,2\n3\n5,7\n": "E213",
    "x,x\n1,2\n3,4\n": "E212",
    "1,2\n3,4\n5,7\n": "E231",
    "x,y\n": "E232",
    "x\n1\n": "E232",
    "x,y\n0.1,2\n0.1,4\n0.1,7\n": "E233",
    "x\n1e200\n-1e200\n": "E234",
    "x\n1e308\n1.7e308\n": "E234",
    "x\n1e-200\n2e-200\n": "E234",
    "x,y\n1,2\n3,4\n": "E235",
    "x,y\n1,2\n2,4\n3,6\n5,10\n": "E235",
    "x,y,z\n1,2,3\n2,4,6.5\n3,1,4\n5,1,6\n-1,1,0\n": None,
    "x,y,z\n1,2,3\n2,4,6\n3,1,4\n5,1,6\n-1,1,0\n": "E235",
}


@pytest.mark.parametrize("content", TABLES)
def test_tables_that_are_refused(file, content):
    if TABLES[content] is None:
        assert bool(data.table(file(content)).valid())
    else:
        assert refused(data.table, file(content)).code == TABLES[content]


def test_words_of_a_language():
    pytest.importorskip("wordfreq")
    real = data.words("mk")
    assert (real.source, real.origin.size) == ("wordfreq mk", None)
    assert math.isclose(float(real.probabilities.sum()), 1.0, rel_tol=1e-12)
    assert (np.diff(real.probabilities) <= 0).all()
    assert "en" in str(refused(data.words, "xx"))
    assert refused(data.words, "xx").code == "E242"
    assert refused(data.words, "not a language!").code == "E242"


def test_words_without_wordfreq_say_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    failure = refused(data.words, "en")
    assert failure.code == "E241" and "pip install wordfreq" in str(failure)


NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers(-3, 10**6).map(str),
    st.sampled_from(["", "nan", "-0", "1e400", "1e-400", " 7 ", "1,5", "0x10", "\u0663", "1_0"]),
)
ROWS = st.lists(st.tuples(st.text(max_size=4), NUMBERS), max_size=6)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(rows=ROWS, raw=st.booleans(), header=st.sampled_from(["token,count", "count,token", "x"]))
def test_any_counts_give_a_model_or_a_reason(tmp_path_factory, rows, raw, header):
    text = io.StringIO()
    text.write(header + "\n")
    if raw:
        text.writelines(f"{token},{count}\n" for token, count in rows)
    else:
        csv.writer(text).writerows(rows)
    path = tmp_path_factory.mktemp("fuzz") / "counts.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    try:
        real = data.counts(path)
    except data.InputError as failure:
        assert "\n" not in str(failure)
        return
    probabilities = np.asarray(real.probabilities)
    assert (probabilities > 0).all() and math.isclose(probabilities.sum(), 1, rel_tol=1e-12)
    assert len(set(real.labels)) == real.outcomes >= 2


@settings(derandomize=True, deadline=None, max_examples=200)
@given(content=st.binary(max_size=60))
def test_any_bytes_give_a_model_or_a_reason(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "bytes"
    path.write_bytes(content)
    for reader in (data.tokens, data.counts, data.table):
        try:
            assert bool(reader(path).valid())
        except data.InputError as failure:
            assert "\n" not in str(failure)


def test_only_the_data_themselves_carry_their_digest(tmp_path):
    (tmp_path / "table.csv").write_text("x,y\n1,2\n3,5\n4,4\n")
    (tmp_path / "text.txt").write_text("a b a a c b b a c c a")
    (tmp_path / "counts.csv").write_text("token,count\na,5\nb,3\nc,2\n")
    temper = eqx.filter_jit(lambda model: model.temper(0.8))
    for real in (
        data.table(tmp_path / "table.csv"),
        data.bigrams(tmp_path / "text.txt", outcomes=3),
        data.counts(tmp_path / "counts.csv"),
    ):
        single = jax.tree.map(lambda x: np.asarray(x, np.float32), real)
        assert real.sha256 == real.origin.sha256 == single.sha256
        other = real.temper(0.8)
        nearly = real.temper(1 - 1e-9)
        for model in (
            nearly,
            other,
            real.mix(other, 0.5),
            real.draw(jax.random.key(0), 50),
            temper(real),
        ):
            assert model.labels == real.labels
            assert (model.origin, model.sha256, model.source) == (None, None, None)
