"""The frame of every command: its input, --json, --seed, --out, and the delivery of its answer.

A command is a function of a `Frame` and of its own options; `command` adds the options that all
have and those of the inputs it takes.
"""

import contextlib
import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from ..answers import Answer
from . import arguments, inputs, options, outputs, session, terminal
from .exits import DONE
from .study.precedence import merged
from .study.reading import Config
from .study.writing import DumpConfig, dump

if TYPE_CHECKING:
    from .study.loops import LoopChoice

_INPUTS = {
    "tokens": options.Tokens,
    "counts": options.Counts,
    "table": options.Table,
    "words": options.Words,
    "field": options.Field,
    "token_column": options.TokenColumn,
    "count_column": options.CountColumn,
    "uniform": options.Uniform,
    "columns": options.Columns,
    "drop_constant": options.DropConstant,
    "rewards": options.Rewards,
    "default_reward": options.DefaultReward,
}
ALL = tuple(name for name in _INPUTS if name not in inputs.OF_A_LOOP)
"""The options of every input."""
OUTCOMES = tuple(name for name in ALL if "table" not in (name, inputs.HOW.get(name)))
"""The options of an input that is a distribution over outcomes."""
LOOPS = tuple(_INPUTS)
"""The options of every input, and what a loop that is typed reads beside it."""
_DELIVERY = ("as_json", "seed", "out")
_STUDY = ("config", "dump_config")


@dataclasses.dataclass
class Frame:
    """One run of a command."""

    inputs: Mapping[str, Any]
    as_json: bool
    seed: int
    out: str | None
    suffixes: tuple[str, ...]
    context: typer.Context
    config: str | None = None

    @property
    def read_files(self) -> dict[str, str | None]:
        """The files that the command reads, by option."""
        rewards = {"--rewards": self.inputs.get("rewards"), "--config": self.config}
        return inputs.files(**self.inputs) | rewards

    def check_outputs(self, **others: str | None) -> None:
        """Whether `--out` and the other files (`certificates=PATH`) can be written."""
        named = {"--out": self.out} | {f"--{name}": path for name, path in others.items()}
        outputs.check(named, self.read_files, self.suffixes)

    @contextlib.contextmanager
    def solving(self, title: str = "solving") -> Iterator[Callable[..., None]]:
        """Work with JAX, its progress on stderr."""
        with terminal.progress(title) as show:
            session.start()
            yield show

    def read(self) -> Any:
        """The real data that the options name."""
        return inputs.read(**self.inputs)

    def read_for(self, choice: "LoopChoice | None") -> tuple[Any, "LoopChoice | None"]:
        """The real data, and the loop with the rewards that the options name.

        A table is read as the points that it is where the loop puts kernels on them.

        Raises `InputError` E111 for rewards of a loop or of data that have none, E136 for a loop
        without its rewards.
        """
        real = inputs.read(points=inputs.smoothed(choice), **self.inputs)
        return real, inputs.rewarded(choice, real, **self.inputs)

    def deliver(
        self,
        answer: Answer,
        lines: Callable[[], Iterable[Any]],
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write `files` and the document, all or none, and print it or, for people, the lines."""
        document = answer.document(seed=self.seed, command=arguments.command())
        whole = lambda: (*inputs.lines_of_rewards(answer.rewards), *lines())
        terminal.deliver(document, whole, as_json=self.as_json, out=self.out, files=files)


def command(
    *, reads: tuple[str, ...] = (), suffixes: tuple[str, ...] = (".json",), out: Any = options.Out
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A decorator that makes `body(frame, **own options)` a command with the options all have.

    Names of files for `out` end in one of the `suffixes`. The body checks its own options first
    and then calls `frame.check_outputs`.
    """

    def decorate(body: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(body)
        def run(context: typer.Context, **chosen: Any) -> int:
            config, target = (chosen.pop(name) for name in _STUDY)
            chosen = merged(context, chosen)
            whole = dict(chosen)
            given = {name: chosen.pop(name) for name in reads}
            shared = {name: chosen.pop(name) for name in _DELIVERY}
            frame = Frame(given, **shared, suffixes=suffixes, context=context, config=config)
            if target is not None:
                dump(target, context, whole, frame.read_files)
                return DONE
            if given:
                inputs.check_one(**given)
                inputs.check_rewards(chosen.get("loop"), **given)
            options.check_seed(frame.seed)
            return body(frame, **chosen)

        _describe(run, body, reads, out)
        return run

    return decorate


def _describe(run: Callable, body: Callable, names: tuple[str, ...], out: Any) -> None:
    """Give the command the signature that Typer reads: inputs, own options, delivery."""
    own = list(inspect.signature(body).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [(name, _INPUTS[name], None) for name in names]
    kinds = (options.Json, False), (options.Seed, 0), (out, None)
    kinds += (Config, None), (DumpConfig, None)
    last = [(name, *kind) for name, kind in zip((*_DELIVERY, *_STUDY), kinds, strict=True)]
    make = lambda name, kind, default: inspect.Parameter(
        name, keyword, default=default, annotation=kind
    )
    parameters = [
        make("context", typer.Context, inspect.Parameter.empty),
        *(make(*one) for one in added),
        *(one.replace(kind=keyword) for one in own),
        *(make(*one) for one in last),
    ]
    run.__signature__ = inspect.Signature(parameters, return_annotation=int)
    run.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": int}
    del run.__wrapped__
