"""Readers of counts: every dialect of a table says what it means, or is refused with its remedy."""

import gzip
import json
from fractions import Fraction

import pytest

from genloop import data
from genloop.cli.run import run
from genloop.errors import InputError


@pytest.fixture
def file(tmp_path):
    def write(content, name="input"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def weights(real):
    return dict(zip(real.labels, real.origin.weights, strict=True))


MEANT = {"the": 9007199254740993, '"': 1234567, "of": 12, "|": 3}
TEXT = 'token,count\nthe,9007199254740993\n"""",1234567\nof,12\n|,3\n'
DIALECTS = {
    "bars": 'token|count\nthe|9007199254740993\n""""|1234567\nof|12\n"|"|3\n',
    "uniq -c": '9007199254740993 the\n1234567 "\n     12 of\n      3 |\n',
    "uniq -c, indented": ' 9007199254740993 the\n1234567 "\n     12 of\n      3 |\n',
    "spaces": 'token count\nthe 9007199254740993\n" 1234567\nof 12\n| 3\n',
    "spaces, counts last": 'the 9007199254740993\n" 1234567\nof   12\n| 3 \n',
    "an object": '{"the": 9007199254740993, "\\"": 1234567, "of": 12.0, "|": 3e0}',
    "pairs": '[["the", 9007199254740993], ["\\"", 1234567], ["of", 12], ["|", 3]]',
    "pairs of texts": json.dumps([[word, f"{n:,}"] for word, n in MEANT.items()]),
    "pairs, one a line": '["the", 9007199254740993]\n["\\"", 1234567]\n["of", 12]\n["|", 3]\n',
    "columns of JSON": json.dumps({"count": list(MEANT.values()), "token": list(MEANT)}),
    "objects": json.dumps([{"n": 1, "word": word, "count": n} for word, n in MEANT.items()]),
    "objects, one a line": "\n".join(
        json.dumps({"token": word, "count": n}) for word, n in MEANT.items()
    ),
    "other names": TEXT.replace("token,count", "Word,Frequency"),
    "groups by commas": TEXT.replace("1234567", '"1,234,567"'),
    "groups by points": TEXT.replace(",", ";").replace("1234567", "1.234.567"),
    "groups by spaces": TEXT.replace("1234567", "1\u00a0234\u202f567"),
    "groups by apostrophes": TEXT.replace("1234567", "1'234\u2019567"),
    "groups and decimals": TEXT.replace(",", "\t").replace("1234567", "1,234,567.00"),
    "Arabic digits": TEXT.replace("1234567", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667"),
    "wide digits": TEXT.replace(",12\n", ",\uff11\uff12\n"),
    "UTF-16": TEXT.encode("utf-16"),
    "UTF-16, the other order": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "gzip": gzip.compress(TEXT.encode()),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_is_read_as_it_is_meant(name, file):
    assert weights(data.counts(file(DIALECTS[name]))) == MEANT


CHOICES = {
    "by name": ("id,form,of,total\n1,the,5,70\n2,a,6,80\n", "form", "total"),
    "by place": ("1\tthe\t5\t70\n2\ta\t6\t80\n", "2", "4"),
    "with spaces": ("1 the 5 70\n2 a 6 80\n", "2", "4"),
    "in JSON": ('[{"form": "the", "total": 70}, {"form": "a", "total": 80}]', "form", "total"),
    "one of two": ("form,total\nthe,70\na,80\n", "form", None),
    "where names are usual": ("token,word,count\nx,the,70\ny,a,80\n", "word", None),
}


@pytest.mark.parametrize("name", CHOICES)
def test_columns_are_chosen_by_name_or_place(name, file):
    content, token, count = CHOICES[name]
    real = data.counts(file(content), token_column=token, count_column=count)
    assert weights(real) == {"the": 70, "a": 80}
    assert len(real.origin.reading) == 1 and "column" in real.origin.reading[0]


def test_a_column_that_is_not_there_is_named_with_those_that_are(file):
    with pytest.raises(InputError, match="E219 .*'form'.*'a', 'b', 'c'"):
        data.counts(file("a,b,c\n1,2,3\n"), token_column="form")
    with pytest.raises(InputError, match="E214 .*'a', 'b', 'c'.*--token-column"):
        data.counts(file("a,b,c\n1,2,3\n"))


DOUBTS = {
    "a comma between semicolons": ("token;count\nthe;3,251\nof;12\n", "E229", "3251", "3.251"),
    "a point between semicolons": ("token;count\nthe;3.251\nof;12\n", "E229", "3251", "3.251"),
    "without a header": ("the;3,251\nof;1,200\n", "E229", "3251", "3.251"),
    "two decimal signs": ('token,count\nthe,1.5\nof,"2,5"\n', "E229", "'1.5'", "'2,5'"),
    "one odd cell": ('a,"1,23"\nb,"1,234"\nc,"5,678"\n', "E229", "1234", "1.234"),
    "commas or semicolons": ("a;1,5\nb;2,7\n", "E218", "commas", "semicolons"),
    "numbers on both sides": ("1 the 50\n2 of 30\n", "E218", "begin", "end"),
    "uniq -c of numbers": ("     12 3,5\n      5 4,7\n", "E218", "begin", "end"),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_what_can_be_read_in_two_ways_is_refused_with_both(name, file):
    content, code, *both = DOUBTS[name]
    with pytest.raises(InputError, match=f"^{code} ") as refusal:
        data.counts(file(content))
    assert all(one in str(refusal.value) for one in both)


@pytest.mark.parametrize("text, value", [("3251", 3251), ("3,2510", Fraction("3.251"))])
def test_the_remedy_for_a_doubtful_number_works(text, value, file):
    assert weights(data.counts(file(f"token;count\nthe;{text}\nof;12\n")))["the"] == value


REFUSED = {
    "cut JSON": ('{"the": 5, "of": 3', "E216", "line 1"),
    "a cut line of JSON": ('["the", 5]\n["of', "E216", "line 2"),
    "JSON of another shape": ('{"counts": {"the": 5}}', "E216", '{"token": "the"'),
    "a name twice": ('{"the": 5, "of": 3, "the": 4}', "E227", "'the' again"),
    "NaN in JSON": ('{"the": NaN, "of": 3}', "E222", "'the'"),
    "true": ('{"the": true, "of": 3}', "E221", "'true'"),
    "null": ('[["of", 3], ["the", null]]', "E221", "entry 2"),
    "a long cell": ('token,count\n"' + "x" * 200_000 + '",5\nb,3\n', "E211", "131,072"),
    "a long number": (f"token,count\na,{'9' * 5000}\nb,3\n", "E221", "5,000 digits"),
    "a large exponent": ("token,count\na,1e5000\nb,3\n", "E223", "scale"),
    "a cut gzip file": (gzip.compress(TEXT.encode())[:-9], "E202", "damaged gzip"),
    "UTF-16 without a mark": ("a,1\nb,2\n".encode("utf-16-le"), "E203", "UTF-16"),
    "a zip file": (b"PK\x03\x04\x00\xff", "E203", "zip"),
    "no count in a line": ("500 the\n30 of\nx a\n", "E221", "line 3"),
    "one column": ("the\nof\n", "E214", "--tokens"),
    "a first line that is no header": ("the,5x00\nof,300\n", "E214", "'5x00'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named_with_its_place(name, file):
    content, code, words = REFUSED[name]
    with pytest.raises(InputError, match=f"^{code} ") as refusal:
        data.counts(file(content))
    assert words in str(refusal.value) and "\n" not in str(refusal.value)
    assert "not finite" not in str(refusal.value)


TABLES = {
    "commas": "x,y\n1.5,2\n2.5,-1\n0,7\n",
    "decimal commas": "x;y\n1,5;2\n2,5;-1\n0;7,0\n",
    "tabs": "x\ty\n1.5\t2\n2.5\t\u22121\n0\t7\n",
    "spaces": "x y\n1.5 2\n2.5 -1\n  0 7\n",
    "bars": "x|y\n1.5|2\n2.5|-1\n0|7\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_numbers_share_the_dialects(name, file):
    real = data.table(file(TABLES[name]))
    assert real.labels == ("x", "y")
    assert [round(float(m), 12) for m in real.mean] == [round(4 / 3, 12), round(8 / 3, 12)]


def answer(capsys, *arguments):
    code = run([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, " ".join(out.split()), err


def test_the_command_line_chooses_columns_and_says_so(file, capsys):
    path = file("1\tthe\t500\n2\tof\t300\n")
    command = ["bounds", "--counts", path, "-T", 0.9, "--token-column", 2, "--count-column", 3]
    code, out, _ = answer(capsys, *command)
    assert code == 0 and "tokens are column 2, counts are column 3" in out
    about = json.loads(answer(capsys, *command, "--json")[1])["result"]["input"]
    assert about["reading"] == ["tokens are column 2, counts are column 3"]


@pytest.mark.parametrize("option", ["--field", "--token-column", "--count-column"])
def test_an_option_of_another_input_is_refused(option, capsys):
    code, _, err = answer(capsys, "bounds", "--uniform", 3, option, "x")
    assert code == 2 and err.startswith(f"E111 {option} goes with --") and "--uniform" in err


SUMS = {"0.4": "a,.1\nb,.3\n", "1.22222e+400": f"a,{'9' * 400}\nb,{'2' * 400}\n"}


@pytest.mark.parametrize("total", SUMS)
def test_a_sum_that_is_no_number_of_tokens_is_said_as_it_is(total, file, capsys):
    code, _, err = answer(capsys, "extinction", "--counts", file("token,count\n" + SUMS[total]))
    assert code == 2 and err.startswith("E117 ") and f"add up to {total})" in err
