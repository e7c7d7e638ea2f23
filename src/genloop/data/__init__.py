"""Real distributions from real files, taken as they are.

Every reader returns a model that knows its labels, its source, the SHA-256 of its input and the
number of observations. Nothing is repaired: input that cannot be used raises `InputError` with a
code and a sentence.
"""

from ..errors import InputError as InputError
from .bigrams import bigrams as bigrams
from .counts import counts as counts
from .rewards import rewards as rewards
from .schedules import schedules as schedules
from .tables import points as points, table as table
from .text import demo as demo, tokens as tokens
from .words import words as words
