"""The shapes that a clause about an item's state may have, as patterns over kinds of atoms (see `atoms`).

A clause that has none of these shapes is no command. The patterns are linear: every star stands over letters that
the next part does not take, or at the end.
"""

from __future__ import annotations

import re
from enum import Enum


class Shape(Enum):
    RECEIVED = "received"
    PROGRESS = "in_progress"
    PERCENT = "percent"  # in progress, or done at 100 %
    DONE = "done"
    SENT_NOW = "sent now"  # "gửi báo cáo …": done only with its number or a file
    PROMISE = "promise"  # "sẽ thực hiện đúng hạn": adds nothing to a receipt
    EVIDENCE = "evidence"  # "số 215/BC-STP ngày 06/11/2020" after a clause that says done
    NOTHING = "nothing"  # names things and says nothing of them


_SHAPES = (
    (Shape.NOTHING, r"[NBJDK]*"),
    (Shape.RECEIVED, r"[NJDKB]*P?R[NR]*[DK]*N*(?:#T?|T)?"),
    (Shape.PROGRESS, r"[NBJDK]*W[DKNBJGRF]*"),
    (Shape.PERCENT, r"[NBJDK]*[PW]?[DKFGRNBJ]*C[NBJ]*"),
    (Shape.DONE, r"[NBJL]*F[NBJDGLF]*(?:#T?|T)?[NBJLT]*"),
    (Shape.DONE, r"[NBJDL]*P[RDNBJ]*F[NBJDGLF]*(?:#T?|T)?[NBJLT]*"),
    (Shape.DONE, r"[NBJDKL]*P[RN]*D+[NBJL]*(?:#T?|T)?[NBJL]*"),
    (Shape.DONE, r"[NBJDKL]*PK*N?G[NBJGL]*(?:#T?|T)?[NBJGL]*"),
    (Shape.DONE, r"[NBJDKL]*PN?B[NBJGL]*(?:#T?|T)?[NBJGL]*"),
    (Shape.DONE, r"[NBJDKL]*P[NJ]+#T?[NBJGL]*"),
    (Shape.DONE, r"[NBJ]*#T?P[GB][NBJGL]*"),
    (Shape.DONE, r"[NBJ]*PK+[NBJ]*#T?[NBJL]*"),
    (Shape.SENT_NOW, r"[NBJL]*G[NBJL]*(?:#T?)?[NBJL]*"),
    (Shape.SENT_NOW, r"[NBJ]*L[NBJL]*(?:#T?)?[NBJL]*"),
    (Shape.PROMISE, r"Y[DKGBNJF]*"),
    (Shape.EVIDENCE, r"[NBJ]*#T?[NBJL]*"),
)
LONGEST = 500  # atoms: nobody says so much of one thing
_COMPILED = tuple((shape, re.compile(pattern)) for shape, pattern in _SHAPES)


def shape_of(letters: str) -> Shape | None:
    if len(letters) > LONGEST:
        return None
    return next((shape for shape, pattern in _COMPILED if pattern.fullmatch(letters)), None)


def segments(letters: str) -> list[tuple[int, int]]:
    """Where a clause says several things of the same items: "đã tiếp nhận, đang thực hiện". Shape: (first, last) pairs."""
    cuts = [0]
    acted = told = False
    for n, letter in enumerate(letters):
        if letter in "PWY" and acted:
            cuts.append(n)
            acted = told = False
        told = told or letter in "PWY"
        # "Báo cáo số 215/BC-STP đã gửi": a paper named first is what is then spoken of
        acted = acted or letter in "RFGDC" or (told and letter in "B#")
    return list(zip(cuts, [*cuts[1:], len(letters)], strict=True))
