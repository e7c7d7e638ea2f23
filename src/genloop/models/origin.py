"""Where a model's data came from."""

import dataclasses


@dataclasses.dataclass(frozen=True, eq=False)
class Origin:
    """The provenance of a distribution that was measured on real data.

    Two origins are equal when their data are: identity is the `sha256` of the input and its labels,
    so that a model stays a cheap compilation key however many labels it carries.

    Attributes: `labels` one name an outcome (or a dimension), `source` a file name or a
    description, `sha256` the hexadecimal digest of the input's bytes, `size` the number of
    observations behind the distribution (`None` where the source does not tell).
    """

    labels: tuple[str, ...]
    source: str
    sha256: str
    size: int | None

    def _identity(self):
        return (self.sha256, self.source, self.size, len(self.labels))

    def __eq__(self, other):
        return isinstance(other, Origin) and self._identity() == other._identity()

    def __hash__(self):
        return hash(self._identity())
