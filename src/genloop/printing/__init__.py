"""What results, models and loops print: a heading, then a line for every number.

A class becomes `readable` by a decorator. It prints its name and its fields, unless it has the
methods `_heading()` (one line), `_printed()` (names and values) or `_in_short()` (one line for a
place inside of another result). Nothing is compiled to print, and where numbers cannot be known,
as under a trace, types and shapes stand in their place.
"""

from .numbers import (
    Outcomes as Outcomes,
    Table as Table,
    between as between,
    host as host,
    number as number,
    percent as percent,
    plural as plural,
    rough as rough,
)
from .readable import (
    Named as Named,
    readable as readable,
    short as short,
    written as written,
)
