"""Loops that are composed by whoever asks: what they are, where they end, what is solved of them."""

from .chosen import ChosenLoop as ChosenLoop, chosen as chosen
from .ends import Ends as Ends, first_models as first_models
from .fits import Fit as Fit, fit_to as fit_to
