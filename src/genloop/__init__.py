"""The analytical solver for closed-loop generative learning.

Verbs and building blocks are here; result classes and specialities are in the namespaces. Every
name is loaded when it is first used, so that `import genloop` stays light; `__init__.pyi` lists
them.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
