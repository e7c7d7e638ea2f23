"""Schedules: what a loop does whose numbers change, and the least real data that keep a goal."""

from .answer import Plan as Plan, Spending as Spending
from .limits import Limit as Limit
from .question import plan as plan
