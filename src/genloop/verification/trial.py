"""Keys, a sample size and a memory that one run hands to the bodies of the theorems."""

import hashlib
from collections.abc import Callable
from typing import Any

import jax.random as jr
from jaxtyping import PRNGKeyArray

REPLICATES = 2**17
"""Monte Carlo replicates of a check unless the caller asks for another number."""


class Trial:
    """The random numbers of one theorem in one run; the claim and its mutants share them.

    ```python
    gl.verification.Trial("XY-1", seed=3).once("two", lambda: 2)  # 2
    ```
    """

    def __init__(self, spec: str, *, seed: int = 0, replicates: int | None = None):
        self.spec = spec
        self.seed = seed
        self.replicates = REPLICATES if replicates is None else replicates
        self._memory: dict[str, Any] = {}

    def key(self, index: int = 0) -> PRNGKeyArray:
        """A key that depends on the seed, on the theorem and on `index`, and on nothing else."""
        digest = hashlib.sha256(f"{self.seed}/{self.spec}".encode()).digest()
        key = jr.key(int.from_bytes(digest[:4], "little"))
        key = jr.fold_in(key, int.from_bytes(digest[4:8], "little"))
        return jr.fold_in(key, index)

    def once(self, label: str, compute: Callable[[], Any]) -> Any:
        """`compute()`, remembered under `label`.

        For whatever does not depend on the claim: samples, laws, solutions. The label names all
        parameters the value depends on.
        """
        if label not in self._memory:
            self._memory[label] = compute()
        return self._memory[label]
