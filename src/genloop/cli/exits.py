"""Exit codes, and the failures that are not bad input."""

DONE, NOT_MET, BAD_INPUT, UNDECIDED, FILE_PROBLEM, INTERRUPTED = 0, 1, 2, 3, 4, 130


class FileProblem(Exception):
    """A file cannot be written, or one that genloop needs is not there: exit code 4."""

    def __init__(self, code: str, message: str):
        super().__init__(f"{code} {message}")
