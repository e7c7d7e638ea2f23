"""Counts are taken without rounding, from every table that can be read in one way only."""

import json
import os
from fractions import Fraction

import numpy as np
import pytest

import genloop as gl
from genloop import data
from genloop.errors import InputError
from genloop.papers import marchi2024


@pytest.fixture
def counted(tmp_path):
    def read(content):
        path = tmp_path / "counts.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return data.counts(path)

    return read


MEANT = {"the": 5000, '"': 1200, "of": 3000}

TABLES = {
    "commas": 'token,count\nthe,5000\n"""",1200\nof,3000\n',
    "tabs": 'token\tcount\nthe\t5000\n""""\t1200\nof\t3000\n',
    "semicolons": 'token;count\nthe;5000\n"""";1200\nof;3000\n',
    "another order and a further column": 'n,count,token\n1,5000,the\n2,1200,""""\n3,3000,of\n',
    "a mark at the beginning": '\ufefftoken,count\nthe,5000\n"""",1200\nof,3000\n',
    "line ends of Windows": 'token,count\r\nthe,5000\r\n"""",1200\r\nof,3000\r\n',
    "no header": 'the,5000\n"""",1200\nof,3000\n',
    "no header, counts first": '5000\tthe\n1200\t""""\n3000\tof\n',
    "decimal points": 'token,count\nthe,5000.0\n"""",12e2\nof,3.0e3\n',
    "decimal commas": 'token;count\nthe;5000,0\n"""";1200,00\nof;3000\n',
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_can_be_read_in_one_way_are_read(name, counted):
    real = counted(TABLES[name])
    assert dict(zip(real.labels, real.origin.weights, strict=True)) == MEANT
    np.testing.assert_array_equal(real.probabilities, np.array([5000, 1200, 3000]) / 9200)


LARGE = {
    "beyond 2^53": ["9007199254740993", "3"],
    "beyond 2^64": ["36893488147419103233", "18446744073709551617", "1"],
    "tenths": ["0.1", "0.2", "0.3"],
    "tiny": ["1e-300", "3e-300"],
    "huge": ["1e308", "1e308", "7e307"],
    "many digits": ["0.30000000000000000000000000000000001", "0.7"],
}


@pytest.mark.parametrize("name", LARGE)
def test_no_unit_of_a_count_is_lost(name, counted):
    texts = LARGE[name]
    real = counted("token,count\n" + "".join(f"t{i},{x}\n" for i, x in enumerate(texts)))
    exact = [Fraction(text) for text in texts]
    assert list(map(Fraction, real.origin.weights)) == exact
    shares = [float(weight / sum(exact)) for weight in exact]
    np.testing.assert_array_equal(real.probabilities, shares)


@pytest.mark.parametrize("name", ["beyond 2^53", "beyond 2^64", "tenths"])
def test_a_proof_is_about_the_numbers_of_the_file(name, counted):
    pytest.importorskip("flint")
    texts = LARGE[name]
    real = counted("token,count\n" + "".join(f"t{i},{x}\n" for i, x in enumerate(texts)))
    proofs = marchi2024.certify_thresholds(real, temperature="0.8", folds=[])
    exact = sorted((Fraction(text) for text in texts), reverse=True)
    levels = json.loads(json.dumps(proofs["local"].document))["levels"]
    assert [Fraction(value) for value, _ in levels] == [weight / sum(exact) for weight in exact]


def test_a_model_that_was_changed_has_no_exact_counts(counted):
    with gl.x64():
        real = counted("token,count\na,3\nb,1\n")
        assert real.exact_weights() == (3, 1)
        assert real.temper(0.5).exact_weights() is None


OPEN_QUOTES = {
    "two quotes that are tokens": 'token,count\nthe,5000\n",1200\nof,3000\nand,2500\n.",40\nx,10\n',
    "with tabs": 'token\tcount\nthe\t5000\n"\t1200\nof\t3000\n.\t40\n"\t3\nx\t10\n',
    "lines without a separator": 'token,count\na,1\n"b\nc\nd",2\ne,3\n',
    "a word in front": 'token,count\n"a,5\nb,3\nc",2\nd,1\n',
    "one row": 'token,count\nthe,9\n"hello,5\nworld",4\nx,3\n',
    "one row, with tabs": 'token\tcount\nthe\t9\n"hello\t5\nworld"\t4\nx\t3\n',
    "one row after another column": 'token,n,of\nthe,9,x\n"hello,5,x\nworld",4,x\ny,3,x\n',
    "two quotes one after the other": 'token,count\nthe,9\n",5\n",4\nx,3\n',
    "a quote before a word": 'token,count\nthe,9\n"a,5\n",4\nx,3\n',
    "line ends of Windows": 'token,count\r\nthe,9\r\n"a,5\r\n",4\r\nx,3\r\n',
    "the header": '\n\n"token,count\nthe",9\nx,3\n',
}


@pytest.mark.parametrize("name", OPEN_QUOTES)
def test_a_quote_that_swallows_rows_is_refused_with_its_line(name, counted):
    with pytest.raises(InputError) as refusal:
        counted(OPEN_QUOTES[name])
    line = 2 if name == "a word in front" else 3
    assert refusal.value.code == "E211" and f"line {line} of" in str(refusal.value)
    assert '""""' in str(refusal.value)


def test_a_cell_over_two_lines_that_are_no_rows_is_read(counted):
    real = counted('token,count\nthe,9\n"well, yes\nno",4\nx\u2028y,3\n')
    assert real.labels == ("the", "well, yes\nno", "x\u2028y")


def test_a_quote_that_never_closes_is_named_by_its_line(counted):
    with pytest.raises(InputError, match="E211 line 3 of"):
        counted('token,count\nthe,5\n",1\nof,3\nx,1\n')


def test_wide_headers_are_read_in_a_moment(counted):
    names = ",".join(f"c{i}" for i in range(100_000))
    cells = ",".join("1" for _ in range(100_000))
    real = counted(f"token,count,{names}\na,1,{cells}\nb,2,{cells}\n")
    assert real.origin.weights == (1, 2)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_what_has_no_end_is_refused(tmp_path):
    for reader in (data.tokens, data.counts, data.table):
        with pytest.raises(InputError, match="E203"):
            reader("/dev/zero")


JSON_LINES = {
    '{"text": "a b a"}\n{"text": "c a"}\n': {"a": 3, "b": 1, "c": 1},
    '{"id": 7, "body": "a b"}\n\n{"id": 8, "body": "a"}\n': {"a": 2, "b": 1},
    '{"text": "a b", "title": "no"}\n{"text": "a", "title": "no"}\n': {"a": 2, "b": 1},
}


@pytest.mark.parametrize("content", JSON_LINES)
def test_names_of_fields_are_no_words_of_a_text(content, tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(content)
    real = data.tokens(path)
    assert dict(zip(real.labels, real.origin.weights, strict=True)) == JSON_LINES[content]


def test_a_field_is_chosen_or_asked_for(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"q": "a b", "answer": "c d d"}\n{"q": "a", "answer": "c"}\n')
    with pytest.raises(InputError, match="E209 .*'answer', 'q'"):
        data.tokens(path)
    assert data.tokens(path, field="answer").labels == ("c", "d")
    assert data.tokens(path, field="answer").source.endswith("(field answer)")
    assert data.tokens(path, field="answer").origin != data.tokens(path, field="q").origin
    path.write_text('{"text": "a"}\n[1]\n{"text": "b"}\n')
    with pytest.raises(InputError, match="E209 line 2 of"):
        data.tokens(path)
    path.write_text("{not json} but text that begins with a brace}\n{and ends so")
    assert "braces" not in data.tokens(path).labels


def test_the_biased_fit_has_another_critical_temperature():
    with gl.x64():
        options = {"samples": 5, "real_samples": 1}
        biased = gl.papers.alemohammad2023.thresholds(**options, unbiased=False)["mean_square"]
        unbiased = gl.papers.alemohammad2023.thresholds(**options)["mean_square"]
    assert unbiased.value < 1 < biased.value
