"""The few errors of dondoc, each with the next step in its one line."""

from dataclasses import dataclass, field


class DondocError(Exception):
    """Something a person can mend; the message is one line and says how."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with an input file, where it is and what would be right."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where} {self.path}: {self.message}" if self.path else f"{where} {self.message}"


@dataclass
class BadInput(DondocError):
    """Everything wrong with what was read, all at once. Shape: one Problem a line, in file order."""

    problems: list[Problem] = field(default_factory=list[Problem])

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in sorted(set(self.problems)))


class Refused(DondocError):
    """An answer or decision that makes no sense for the step it names; nothing was changed.

    `code` and `values` choose the same sentence in the readers' language (words.yaml, `refused`).
    """

    def __init__(self, message: str, code: str = "", **values: str) -> None:
        super().__init__(message)
        self.code, self.values = code, values


class UnknownCampaign(DondocError):
    """No campaign of that key in the ledger."""
