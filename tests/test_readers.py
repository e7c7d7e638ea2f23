"""Readers of counts: every dialect of a table says what it means, or is refused with its remedy."""

import gzip
import json
import re
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
    "a colon": 'the: 9007199254740993\n": 1234567\nof: 12\n|: 3\n',
    "quotes and spaces": '"the" 9007199254740993\n"""" 1234567\n"of" 12\n"|" 3\n',
    "a comma and a space": 'the, 9007199254740993\n"""", 1234567\nof, 12\n|, 3\n',
    "blank lines": "  \n\n" + TEXT.replace("\n", "\n \n"),
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


GROUPED = {
    "tabs": "word\tcount\nthe\t3,512\nof\t2,875\nand\t1,204\n",
    "tabs and another name": "word\tfrequency\nthe\t3,512\nof\t2,875\nand\t1,204\n",
    "counts first": "count\tword\n3,512\tthe\n2,875\tof\n1,204\tand\n",
    "bars": "word|count\nthe|3,512\nof|2,875\nand|1,204\n",
    "spaces": "word count\nthe 3,512\nof 2,875\nand 1,204\n",
}


@pytest.mark.parametrize("name", GROUPED)
@pytest.mark.parametrize("end", ["", ",678"])
def test_commas_in_counts_do_not_separate_cells(name, end, file):
    content = re.sub("(,[0-9]{3})", rf"\1{end}", GROUPED[name])
    meant = {"the": "3512", "of": "2875", "and": "1204"}
    exact = {word: int(count + end.strip(",")) for word, count in meant.items()}
    assert weights(data.counts(file(content))) == exact


@pytest.mark.parametrize("least", ["1,204", "7"])
@pytest.mark.parametrize("between", ["tabs", "spaces"])
def test_the_remedy_for_two_separators_works(between, least, file):
    content = f"the\t3,512\nof\t2,875\na\t{least}\n"
    given = content if between == "tabs" else content.replace("\t", " ")
    with pytest.raises(InputError, match=f"E218 .*{between}.*tabs.*names token and count first"):
        data.counts(file(given))
    real = data.counts(file(f"token\tcount\n{content}"))
    assert weights(real) == {"the": 3512, "of": 2875, "a": int(least.replace(",", ""))}


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
    "an arrow": ("the -> 5\nof -> 3\n", "E218", "'>'", "tab"),
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
    "no count in a line": ("500 the\n30 of\nx a\n", "E220", "line 3"),
    "a field twice": ('[{"token": "a", "count": 1, "count": 2}]', "E212", "'count'"),
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


HEIGHTS = [["1,756", "72,300"], ["1,812", "80,125"], ["1,690", "64,550"], ["1,666", "72,200"]]


@pytest.mark.parametrize("between", "\t;| ")
def test_a_table_whose_commas_may_be_decimal_signs_is_refused_until_a_number_decides(between, file):
    def means(rows):
        lines = [between.join(row) for row in [["height", "weight"], *rows]]
        return [round(float(mean), 12) for mean in data.table(file("\n".join(lines))).mean]

    with pytest.raises(InputError, match="E229 .*1756 and as 1.756.* write 1756 .* 1,7560 "):
        means(HEIGHTS)
    assert means([[f"{cell}0" for cell in row] for row in HEIGHTS]) == [1.731, 72.29375]
    assert means([[cell.replace(",", "") for cell in row] for row in HEIGHTS]) == [1731, 72293.75]
    assert means([[f"{cell}.0" for cell in row] for row in HEIGHTS]) == [1731, 72293.75]
    assert means([["1,756", "72,3"], ["1,812", "80,1"], ["1,69", "64,6"]])[0] < 2


def test_a_comma_in_a_cell_between_commas_groups_digits(file):
    rows = ['"' + '","'.join(row) + '"\n' for row in [["height", "weight"], *HEIGHTS]]
    assert list(map(float, data.table(file("".join(rows))).mean)) == [1731, 72293.75]
    with pytest.raises(InputError, match="E229 .*1756 and as 1.756"):
        data.table(file('height\n"1,756"\n"1,812"\n'))


def test_json_is_no_table_of_numbers(file):
    with pytest.raises(InputError, match="E216 .*CSV"):
        data.table(file('[{"x": 1}, {"x": 2}]'))


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


FIELDS = {
    "lines": '{"text": "a b a", "id": 1}\n{"text": "c\u2028a", "id": 2}\n',
    "an array": '[{"text": "a b a"}, {"text": "c a"}]',
    "several lines an object": '[\n  {\n    "text": "a b a"\n  },\n  {"text": "c a"}\n]\n',
    "one object": '{\n "text": "a b a c a",\n "n": 5\n}\n',
    "texts": '["a b a", "c a"]',
    "the only text": '{"n": 1, "body": "a b a"}\n{"n": 2, "body": "c a"}\n',
}


@pytest.mark.parametrize("name", FIELDS)
def test_the_texts_in_json_are_read_without_the_names(name, file):
    real = data.tokens(file(FIELDS[name]))
    assert weights(real) == {"a": 3, "b": 1, "c": 1}
    assert len(real.origin.reading) == 1 and "JSON" in real.origin.reading[0]


NO_TEXTS = {
    "null": ('{"text": "a b"}\n\n{"text": null}\n', {}, "E209", "line 3"),
    "missing": ('{"text": "a b"}\n{"title": "a"}\n', {}, "E209", "line 2"),
    "a number": ('[{"text": "a b"}, {"text": 5}]', {}, "E209", "entry 2"),
    "another field": ('{"text": "a b"}\n', {"field": "body"}, "E209", "'body'"),
    "a field of plain text": ("a b a\n", {"field": "text"}, "E209", "leave it out"),
    "a field twice": ('{"text": "a b", "text": "c"}\n', {}, "E212", "'text'"),
    "a broken first line": ('x"text": "a"}\n{"text": "a b"}\n', {}, "E209", "others"),
    "numbers": ("[1, 2, 1]", {}, "E209", "entry 1"),
    "a cut line": ('{"text": "a b"}\n{"text": "a', {}, "E209", "line 2"),
    "a cut array": ('[{"text": "a b"}, {"text": "a', {}, "E209", "line 1"),
    "CSV": ("token,count\nthe,5\nof,3\n", {}, "E210", "--counts"),
    "a table of numbers": ("x\ty\n1\t2\n3\t4\n", {}, "E210", "--table"),
    "uniq -c": ("  50 the\n  30 of\n   2 a\n", {}, "E210", "--counts"),
    "HTML": ("\n<!DOCTYPE html>\n<p>a b a</p>", {}, "E210", "pandoc"),
    "XML": ('<?xml version="1.0"?><a>b</a>', {}, "E210", "markup"),
}


@pytest.mark.parametrize("name", NO_TEXTS)
def test_what_is_no_text_is_refused_with_a_remedy(name, file):
    content, options, code, words = NO_TEXTS[name]
    with pytest.raises(InputError, match=f"^{code} ") as refusal:
        data.tokens(file(content), **options)
    assert words in str(refusal.value)


WARNED = {
    "emoji": ("a b \U0001f600 a \U0001f600\u2764\ufe0f", ["3 symbols such as '\U0001f600' "]),
    "broken letters": ("caf\ufffd a b", ["1 symbol such as '\ufffd'"]),
    "invisible letters": ("exam\u00adple a", ["1 symbol such as '\\xad'"]),
    "Chinese": (
        "\u6211\u559c\u6b22\u5b66\u4e60\u4e2d\u6587\u3002\u4f60\u559c\u6b22\u5417\uff1f",
        ["2 tokens are clauses of Chinese", "spaces between words", "--counts"],
    ),
    "Thai": (
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a "
        "\u0e22\u0e34\u0e19\u0e14\u0e35\u0e17\u0e35\u0e48\u0e44\u0e14\u0e49\u0e23\u0e39\u0e49\u0e08\u0e31\u0e01",
        ["2 tokens are clauses of Thai"],
    ),
    "cells": ("text,kind\n" + "a word,x\nanother,y\n" * 3, ["2 cells with commas"]),
    "LaTeX": ("\\section{a} b \\emph{c}", ["2 commands of LaTeX"]),
    "escapes": ("caf\\u00e9 au lait", ["1 escapes such as '\\\\u00e9'"]),
    "tags": ("<p>a</p> <p>b</p> <b>c</b> <i>d</i> <p>e</p>", ["tags such as '<p>'"]),
}
UNWARNED = {
    "English": "It was, they say, \u201cthe best\u201d \u2013 of times; it was\u2026 <not> $5!",
    "segmented Chinese": "\u6211 \u559c\u6b22 \u5b66\u4e60 \u4e2d\u6587",
    "accents": "e\u0301cole \u00e9cole na\u00efve \u0939\u093f\u0928\u094d\u0926\u0940",
    "one comma a line": "Tyger, tyger\nburning, bright\nin the forests, of the night\n",
}


@pytest.mark.parametrize("name", WARNED)
def test_what_a_text_may_not_mean_is_said(name, file):
    content, words = WARNED[name]
    real = data.tokens(file(content))
    (said,) = real.origin.warnings
    assert all(word in said for word in words)
    assert all(any(letter.isalnum() for letter in label) for label in real.labels)


@pytest.mark.parametrize("name", UNWARNED)
def test_usual_texts_are_read_without_a_warning(name, file):
    origin = data.tokens(file(UNWARNED[name])).origin
    assert (origin.reading, origin.warnings) == ((), ())
    assert "letters" in origin.tokenisation


def test_the_demo_needs_no_warning_and_pairs_are_described_as_tokens_are(file):
    assert data.demo().origin.warnings == ()
    pairs = data.bigrams(file("a b \U0001f600 a b c"), outcomes=2).origin
    assert "1 symbol" in pairs.warnings[0] and pairs.tokenisation


def test_the_command_line_says_once_what_was_read_and_noticed(file, capsys):
    path = file('{"text": "no", "body": "a b a \U0001f600"}\n')
    command = ["bounds", "--tokens", path, "--field", "body", "-T", 0.9]
    code, out, _ = answer(capsys, *command)
    assert code == 0 and out.count("1 symbol") == 1 and out.count("tokens runs of letters") == 1
    assert "field 'body' of 1 JSON record" in out
    about = json.loads(answer(capsys, *command, "--json")[1])["result"]["input"]
    assert len(about["warnings"]) == 1 and about["tokenisation"] and about["reading"]
    assert answer(capsys, "bounds", "--tokens", "demo", "--field", "x")[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        '{"the": 5, "of": -3}',
        '[{"token": "the", "count": 5}, {"token": "of", "count": -3}]',
        '[["the", 5], ["of", -3]]',
        '{"token": ["the", "of"], "count": [5, -3]}',
    ],
)
def test_an_entry_of_json_that_is_refused_has_its_own_number(text, tmp_path):
    path = tmp_path / "counts.json"
    path.write_text(text)
    with pytest.raises(InputError, match="'of' in entry 2 of"):
        data.counts(path)
