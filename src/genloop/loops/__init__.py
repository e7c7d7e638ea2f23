"""Loops that are solved: one folder for each object, named by it and never by a paper.

A folder holds what is known in closed form or is solved better than by the general analysis; it is
loaded when it is first used.
"""

import pkgutil

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submodules={module.name for module in pkgutil.iter_modules(__path__)}
)
