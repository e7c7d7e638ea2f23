from .answer import Answer as Answer
from .bounds import Bounds as Bounds, bounds as bounds
from .real_data import RealData as RealData, RealOutcomes as RealOutcomes, RealTable as RealTable
