"""One function for each question, and a frozen answer to it: a value or a reason, with evidence.

Nothing is printed here; `answer.document()` is the JSON document that the command line prints.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
