"""Every question is asked from Python as it is from the command line."""

import dataclasses
import inspect
import json
import re

import pytest

import genloop as gl
from genloop import answers

QUESTIONS = [
    name
    for name in answers.__all__
    if inspect.isfunction(getattr(answers, name)) and name != "select"
]


def examples(name):
    """The lines of code in the docstring of a question."""
    found = re.findall(r"```python\n(.*?)```", inspect.getdoc(getattr(answers, name)), re.DOTALL)
    return [line for block in found for line in block.splitlines()]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_an_example_and_a_frozen_answer(name):
    assert examples(name) or name in ("outcome_threshold", "table_threshold", "sampling")
    given = inspect.signature(getattr(answers, name)).return_annotation
    if isinstance(given, type):
        assert issubclass(given, answers.Answer) and given.__dataclass_params__.frozen
        assert given.question and given.__doc__


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_example_of_a_question_runs_and_its_answer_is_a_document(name, monkeypatch):
    made, ask, code = [], getattr(answers, name), examples(name)
    asked = lambda *given, **options: made.append(ask(*given, **options)) or made[-1]
    monkeypatch.setattr(answers, name, asked)
    with gl.x64():
        exec("\n".join(code), {"genloop": gl, "gl": gl, "json": json})
        for answer in filter(lambda one: isinstance(one, answers.Answer), made):
            with pytest.raises(dataclasses.FrozenInstanceError):
                answer.model = None
            written = json.dumps(answer.document(), allow_nan=False)
            assert json.loads(written)["schema"] == f"genloop/{answer.question}/1"
