"""The ledger: what was asked, planned, mailed, answered and decided.

`answer` and `decide` are the only ways in for units and coordinators, whatever the channel.
"""

from directives.ledger.answers import answer
from directives.ledger.decisions import decide

__all__ = ["answer", "decide"]
