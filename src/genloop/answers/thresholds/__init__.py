"""The real data that a loop needs: of outcomes at a temperature, or of a table of numbers."""

from typing import Any, overload

from ...analysis import Threshold as Threshold
from ...models import Categorical, Gaussian
from .answer import Thresholds as Thresholds
from .outcomes import OutcomeThresholds as OutcomeThresholds, outcome_threshold as outcome_threshold
from .table import TableThresholds as TableThresholds, table_threshold as table_threshold
from .truncated import sampling as sampling


@overload
def threshold(real: Categorical, **asked: Any) -> OutcomeThresholds: ...
@overload
def threshold(real: Gaussian, **asked: Any) -> TableThresholds: ...
def threshold(real: Categorical | Gaussian, **asked: Any) -> Thresholds:
    """The real data that a loop on these data needs: `outcome_threshold` or `table_threshold`.

    Which of the two is decided by the model of the real data, and so are the arguments.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.threshold(real, temperature=0.8).thresholds["unique"]
    ```
    """
    ask = table_threshold if isinstance(real, Gaussian) else outcome_threshold
    return ask(real, **asked)
