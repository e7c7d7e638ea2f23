"""`python -m genloop` is `genloop`."""

from .cli import main

main()
