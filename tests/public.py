"""The public functions and classes of genloop by the places where users find them."""

import inspect
import operator
import pkgutil

import genloop as gl

PACKAGES = [name for name in gl.__all__ if inspect.ismodule(getattr(gl, name))]
PACKAGES += [
    f"{where}.{module.name}"
    for where, package in (("loops", gl.loops), ("papers", gl.papers))
    for module in pkgutil.iter_modules(package.__path__)
]
PACKAGES += ["loops.curation.plural"]
PACKAGES += [
    f"loops.retraining.{example}"
    for example in ("cauchy", "circle", "curved_surface", "hard_assignment")
]


def public_names():
    """Every public function and class with the first place where a user finds it."""
    seen = set()
    for package in ("", *PACKAGES):
        module = operator.attrgetter(package)(gl) if package else gl
        for name in getattr(module, "__all__", None) or dir(module):
            member = getattr(module, name)
            own = getattr(member, "__module__", "").startswith("genloop") and callable(member)
            if own and not name.startswith("_") and id(member) not in seen:
                seen.add(id(member))
                yield f"{package}.{name}".strip("."), member


NAMES = dict(public_names())
