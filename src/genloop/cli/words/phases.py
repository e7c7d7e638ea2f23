"""The regions of a phase diagram and the curves between them, in words."""

REGIONS = {
    "one": "one end, without a winner",
    "winner": "one end, won by one outcome",
    "either": "with or without a winner, by the first model",
    "winners": "which outcome wins depends on the first model",
    "unresolved": "not resolved",
}
CURVES = {
    "unique": "the last fold: above it, one end whatever came first",
    "winner": "below it, a loop from the real data is won by one outcome",
}
_DASHES = {"unique": "-", "winner": (0, (3, 2))}
