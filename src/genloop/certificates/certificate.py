"""A claim that is proved, its document, and what all kinds of documents share."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..checker import MAP, claimed, verdict
from ..files import write
from ..printing import readable
from .balls import flint, rational
from .enclosures import Enclosure, decimal, decimal_up
from .krawczyk import Box
from .problems import Problem
from .program import CannotCertify

MOST_DIGITS = 4_000


@readable
@dataclasses.dataclass(frozen=True)
class Certificate:
    """A claim that is proved, or the reason why it is not.

    Where a fixed point is proved to exist but its stability is not, the certificate is
    `NOT PROVED`; its `claim` and `document` are then the weaker ones that are.

    `state` are the enclosures of the numbers of the state (of a bifurcation too), `parameter` that
    of a threshold, `spectral_radius` that of the largest modulus of a multiplier, `stable` what it
    decides. `document` is the JSON document that `genloop certify-check` replays; it is `None`
    where nothing is proved.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    loop = gl.Temper(0.8) >> gl.Mix(real, 0.3)
    gl.certify(loop, gl.fixed_point(loop, real).state).stable  # True
    ```
    """

    claim: str | None
    reason: str | None = None
    state: tuple[Enclosure, ...] | None = None
    parameter: Enclosure | None = None
    spectral_radius: Enclosure | None = None
    stable: bool | None = None
    document: Mapping[str, Any] | None = dataclasses.field(default=None, repr=False)

    @property
    def proved(self) -> bool:
        """Whether there is a proof."""
        return self.reason is None

    @property
    def status(self) -> str:
        """`PROVED` or `NOT PROVED`."""
        return "PROVED" if self.proved else "NOT PROVED"

    def save(self, path: str | Path) -> None:
        """Write the document, whole or not at all; raises `ValueError` where nothing is proved."""
        if self.document is None:
            raise ValueError(f"there is nothing to save, the claim is not proved: {self.reason}.")
        write(path, (json.dumps(self.document, indent=1) + "\n").encode())

    def _heading(self) -> str:
        return f"Certificate: {self.status}"

    def _printed(self):
        return {
            "claim": self.claim if self.proved else None,
            "reason": self.reason,
            "proved is": None if self.proved else self.claim,
            "parameter": self.parameter,
            "spectral radius": self.spectral_radius,
            "stable": self.stable,
        }

    def __str__(self) -> str:
        weaker = "" if self.claim is None or self.proved else f" Proved is: {self.claim}"
        return f"{self.status}: {self.claim if self.proved else self.reason}{weaker}"

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Certificate":
        """The certificate of what a document proves, by the checker alone."""
        accepted, text = verdict(document)
        if not accepted:
            return cls(None, f"the checker rejects the proof: {text}")
        centre = zip(document["centre"], document["radius"], strict=True)
        numbers = tuple(Enclosure(*pair) for pair in centre)
        thresholds = document["kind"] != "fixed_point"
        bounds = document["spectral_radius"]
        return cls(
            text,
            state=None
            if document["kind"] in ("root", "sign_change")
            else numbers[: _states(document)],
            parameter=numbers[-1] if thresholds else None,
            spectral_radius=None if bounds is None else _between(bounds["lower"], bounds["upper"]),
            stable=document["stable"],
            document=document,
        )


def collected(certificates: Mapping[str, Certificate]) -> str:
    """All that is proved, by name, as one JSON text that `genloop certify-check` replays."""
    found = certificates.items()
    documents = {name: one.document for name, one in found if one.document is not None}
    content = {"schema": "genloop/certificates/1", "certificates": documents}
    return json.dumps(content, indent=1) + "\n"


def _states(document):
    return len(document["blocks"] or ()) or document["size"]


def _between(lower, upper):
    lower, upper = Fraction(lower), Fraction(upper)
    centre = Fraction(decimal((lower + upper) / 2, 17))
    radius = max(upper - centre, centre - lower)
    return Enclosure(decimal(centre, 17), decimal_up(radius))


def check_near(found: Sequence | None, given: Sequence[float], within: float | None, what: str):
    """Raises `CannotCertify` where what is proved lies further from what was given."""
    if within is None or found is None:
        return
    distance = max(abs(float(x) - y) for x, y in zip(found, given, strict=True))
    if distance > within * (1 + max(map(abs, given))):
        raise CannotCertify(
            f"there is no {what} within {within:g} of the given one; the nearest that was found is "
            f"{distance:.2g} away"
        )


def not_proved(reason: Any) -> Certificate:
    """A certificate of nothing."""
    return Certificate(None, f"cannot certify: {reason}")


def check_digits(digits: int) -> None:
    """Raises `ValueError` unless so many digits can be asked for."""
    if isinstance(digits, bool) or not isinstance(digits, int | np.integer):
        raise ValueError(f"digits must be a whole number, got {digits!r}.")
    if not 1 <= digits <= MOST_DIGITS:
        raise ValueError(f"digits must be between 1 and {MOST_DIGITS:,}, got {digits}.")


def working_bits(digits: int) -> int:
    """The precision for so many digits, with room for what evaluation loses."""
    check_digits(digits)
    return max(256, int(3.33 * digits) + 96)


def written_document(kind: str, problem: Problem, box: Box, *, bits: int, digits: int) -> dict:
    """The document of a proof, without what is special to a kind."""
    places = int(bits * 0.302) + 4
    centre = [decimal(rational(c), places) for c in box.centre]
    radius = []
    for text, c, r in zip(centre, box.centre, box.radius, strict=True):
        moved = abs(Fraction(text) - rational(c))
        radius.append(decimal_up(rational(r) * Fraction(5, 4) + 2 * moved))
    return {
        "schema": MAP,
        "claim": None,
        "kind": kind,
        "size": problem.size,
        "digits": digits,
        "bits": bits + 64,
        "centre": centre,
        "radius": radius,
        "slope": [[decimal(rational(s), 20) for s in row] for row in box.slope if row],
        "outer": None,
        "spectral_radius": None,
        "stable": None,
        "border": None,
        "blocks": None,
        "cuts": None,
        "parameters": [list(bounds) for bounds in problem.parameters],
        "program": problem.program.json(),
        "provenance": provenance(),
    }


def signed(document: dict) -> Certificate:
    """The document with its claim and digest, as far as the checker accepts it."""
    return Certificate.of_document(claimed(document))


def provenance() -> dict:
    """The versions of the software that made a certificate."""
    from importlib import metadata

    versions = {"flint": flint.__FLINT_VERSION__}
    for package in ("genloop", "jax", "python-flint"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    return {"versions": versions}
