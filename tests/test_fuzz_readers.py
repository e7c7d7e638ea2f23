"""Random tables and texts in every dialect: read as they were meant, or refused, also damaged."""

import csv
import gzip
import io
import json
import random
import re
from collections import Counter

import pytest

from genloop import data
from genloop.errors import InputError

SEED = 20261129
TABLES_ONCE_WRONG = """0 13, 1 41, 2 36, 3 43, 4 42, 5 46, 9 60, 11 16, 100 63, 100 99, 105 182,
124 171, 129 192,
0 764, 5 348, 10 360, 518 142, 20261129 335"""
"""Seeds and numbers of tables that were once read as something else."""
TEXTS_ONCE_WRONG = "0 36, 1 69, 5 3"

WORDS = [
    "the",
    "of",
    "New York",
    "\u00e9t\u00e9",
    "don't",
    "\u4f60\u597d",
    "\U0001f600",
    " x",
    "x ",
    "A",
    "a",
]
SIGNS = [
    ",",
    ";",
    "|",
    '"',
    '""',
    "'",
    ".",
    ":",
    "-",
    "#",
    "[",
    "{",
    "{}",
    "a,b",
    "a;b",
    "a|b",
    '"a"',
    "\\",
]
NUMBERS = ["1", "1999", "1,5", "3.25", "1e3", "\u0663", "007", "1,234"]
NAMES = [
    "nan",
    "inf",
    "token",
    "count",
    "null",
    "true",
    "word",
    "N/A",
    "sep=;",
    "=1+1",
    "\u2028",
    "a\u2028b",
]


def truth(chance):
    """Counts of some tokens; most are words, some are what separates or looks like a number."""
    pool = WORDS + [w for kind in (SIGNS, NUMBERS, NAMES) if chance.random() < 0.4 for w in kind]
    labels = chance.sample(pool, chance.randint(2, min(9, len(pool))))
    digits = chance.choice([1, 3, 5, 8, 20])
    return {label: chance.randint(1, 10 ** chance.randint(1, digits)) for label in labels}


def plain(count):
    return str(count)


GROUPS = {
    "none": plain,
    "commas": lambda count: f"{count:,}",
    "points": lambda count: f"{count:,}".replace(",", "."),
    "spaces": lambda count: f"{count:,}".replace(",", "\u00a0"),
    "thin spaces": lambda count: f"{count:,}".replace(",", "\u202f"),
    "apostrophes": lambda count: f"{count:,}".replace(",", "'"),
    "decimals": lambda count: f"{count}.0",
    "decimal commas": lambda count: f"{count},00",
    "Arabic digits": lambda count: str(count).translate(
        {ord("0") + digit: chr(0x660 + digit) for digit in range(10)}
    ),
}


def cells(chance, counts):
    """A table with a header or without, in CSV."""
    group = GROUPS[chance.choice([*GROUPS, "none", "none", "none"])]
    rows = [[label, group(count)] for label, count in counts.items()]
    header = chance.choice([["token", "count"], ["Word", "Freq"], ["token", "count"], None])
    rows = rows if header is None else [header, *rows]
    if chance.random() < 0.3:
        rows = [row[::-1] for row in rows]
    if header is not None and chance.random() < 0.3:
        rows = [[*row, *more] for row, more in zip(rows, extra(chance, len(rows)), strict=True)]
    text = io.StringIO()
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.writer(
        text,
        delimiter=chance.choice(",\t;|"),
        quoting=quoting,
        lineterminator=chance.choice(["\n", "\r\n"]),
    )
    writer.writerows(rows)
    return text.getvalue()


def extra(chance, length):
    yield ["rank", "note"]
    for place in range(length - 1):
        yield [place, chance.choice(["", "x", "a,b", "7"])]


def uniq(chance, counts):
    width = chance.choice([1, 7])
    return "".join(f"{count:{width}} {label}\n" for label, count in counts.items())


def spaced(chance, counts):
    # Spaces around a token fill a column.
    for label in {label for label in counts if label != label.strip()}:
        counts[f"{label.strip()}0"] = counts.pop(label)
    return "".join(f"{label} {count}\n" for label, count in counts.items())


def mapping(chance, counts):
    return json.dumps(counts, indent=chance.choice([None, 1]), ensure_ascii=chance.random() < 0.5)


def pairs(chance, counts):
    rows = list(counts.items())
    rows = [row[::-1] for row in rows] if chance.random() < 0.3 else rows
    return many(chance, rows)


def objects(chance, counts):
    names = chance.choice([("token", "count"), ("word", "frequency")])
    return many(chance, [dict(zip(names, pair, strict=True)) for pair in counts.items()])


def many(chance, values):
    """A list in JSON, or JSON lines."""
    if chance.random() < 0.5:
        return json.dumps(values, indent=chance.choice([None, 2]))
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in values)


DIALECTS = [cells, cells, cells, cells, uniq, spaced, mapping, pairs, objects]


def written(chance, text):
    """The bytes of a file."""
    form = chance.random()
    if form < 0.1:
        return text.encode("utf-16")
    if form < 0.2:
        return gzip.compress(text.encode())
    return ("\ufeff" * (form > 0.9) + text).encode()


def damaged(chance, content):
    """A file that was cut, lost a quote, or has another byte somewhere."""
    kind = chance.randrange(3)
    place = chance.randrange(1, len(content))
    if kind == 0:
        return content[:place]
    quotes = [place for place, byte in enumerate(content) if byte == ord('"')]
    if kind == 1 and quotes:
        place = chance.choice(quotes)
        return content[:place] + content[place + 1 :]
    letter = chance.choice(b'0123456789,.;\t|" \n{}[]:ax\xff\x00')
    return content[:place] + bytes([letter]) + content[place + 1 :]


def read(reader, path, content):
    """The weights of a file and its origin, or `None` where it is refused in one line."""
    path.write_bytes(content)
    try:
        real = reader(path)
    except InputError as failure:
        assert re.match(r"E2\d\d ", str(failure)) and "\n" not in str(failure)
        return None
    return dict(zip(real.labels, real.origin.weights, strict=True)), real.origin


def kept(found, meant):
    """How many tokens have the counts that they were meant to have; no other may be added."""
    assert len(found) <= len(meant) + 1
    return sum(found.get(label) == count for label, count in meant.items())


def table(name, path):
    """Whether the table of this name is read; it is read as meant and, damaged, nearly so."""
    chance = random.Random(name)
    meant = truth(chance)
    text = chance.choice(DIALECTS)(chance, meant)
    content = written(chance, text)
    understood = read(data.counts, path, content)
    assert understood is None or understood[0] == meant, (name, text, understood[0])
    harmed = damaged(chance, content)
    found = read(data.counts, path, harmed)
    if found is not None and is_cut(harmed, content):
        # A cut file is its beginning: only the last row that is left may be another. One row
        # before it does not show what separates cells.
        left = list(found[0].items())[:-1]
        assert len(left) < 2 or left == list(meant.items())[: len(left)], (name, harmed, found[0])
    elif found is not None:
        # One place is damaged: two rows may have become others, and all else stands.
        assert kept(found[0], meant) >= len(meant) - 2, (name, harmed, found[0])
    return understood is not None


def is_cut(harmed, content):
    return content.startswith(harmed)


def text(name, path):
    """The text of this name is read as meant and, damaged, nearly so or with a warning."""
    chance = random.Random(f"text {name}")
    lines = [
        [
            chance.choice(["the", "of", "don't", "\u00e9t\u00e9", "x1", "\u0939\u093f"])
            for _ in range(5)
        ]
        for _ in range(chance.randint(3, 8))
    ]
    meant = Counter(word for line in lines for word in line)
    said = [chance.choice([" ", ", ", "\u2014", " \u2028"]).join(line) + "." for line in lines]
    content = written(chance, chance.choice([prose, records, texts_of])(chance, said))
    found = read(data.tokens, path, content)
    assert found is not None and found[0] == meant, (name, content, found)
    harmed = damaged(chance, content)
    found = read(data.tokens, path, harmed)
    if found is not None and not found[1].warnings and not is_cut(harmed, content):
        difference = Counter(meant)
        difference.subtract(found[0])
        assert sum(map(abs, difference.values())) <= 6, (name, harmed, found[0])


def prose(chance, said):
    return chance.choice([" ", "\n", "\r\n\n"]).join(said)


def records(chance, said):
    name = chance.choice(["text", "body"])
    return many(chance, [{"id": place, name: one} for place, one in enumerate(said)])


def texts_of(chance, said):
    return json.dumps(said, indent=chance.choice([None, 1]))


def tables(seed, number, path):
    """The share of the tables that are read."""
    return sum(table(f"{seed} {index}", path) for index in range(number)) / number


def test_random_tables_are_read_as_meant_or_refused(tmp_path):
    assert tables(SEED, 400, tmp_path / "table") > 0.8


def test_random_texts_are_read_as_meant(tmp_path):
    for index in range(200):
        text(f"{SEED} {index}", tmp_path / "text")


def test_what_was_once_read_wrong_is_read_or_refused(tmp_path):
    for name in TABLES_ONCE_WRONG.split(","):
        table(" ".join(name.split()), tmp_path / "table")
    for name in TEXTS_ONCE_WRONG.split(","):
        text(name.strip(), tmp_path / "text")


@pytest.mark.slow
def test_thousands_of_tables_and_texts_are_read_as_meant_or_refused(tmp_path):
    for seed in range(10):
        assert tables(seed, 1000, tmp_path / "table") > 0.8
        for index in range(500):
            text(f"{seed} {index}", tmp_path / "text")
