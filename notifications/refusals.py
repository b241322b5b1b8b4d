"""Why the ledger refused an answer or a decision, in the readers' language."""

from __future__ import annotations

from collections.abc import Mapping

from directives.errors import Refused
from notifications.words import entry, say


def refusal(error: Refused) -> str:
    """One sentence; the ledger's own English where there is no other."""
    known: Mapping[str, str] = entry("refused")
    if error.code in known:
        return say(f"refused.{error.code}", **error.values)
    return say("refused.other", message=str(error))
