"""Print the lowest declared version of every dependency, as constraints for pip."""

import pathlib
import tomllib

pyproject = pathlib.Path(__file__).parent.parent / "pyproject.toml"
project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
extras = (project["optional-dependencies"][name] for name in ("certify", "data", "test"))
for requirement in sorted({*project["dependencies"], *(one for extra in extras for one in extra)}):
    print(requirement.replace(">=", "=="))
