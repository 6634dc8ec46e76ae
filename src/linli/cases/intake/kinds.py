"""Declares the two kinds of sheet to the intake; imported with it (`intake.declared`)."""

from __future__ import annotations

from linli.intake import kinds
from linli.intake.declared import Declared
from linli.intake.kinds import TableKind

from ..permissions import BRING, REPORT, VIEW
from . import checking, history, orders, undoing
from .fields import GROUPS, HISTORIES, LABELS, ORDERS, TARGETS, findings, words

for _name, _check, _way, _rights in (
    (ORDERS, checking.check_order, orders, (REPORT,)),
    (HISTORIES, checking.check_history, history, (BRING,)),
):
    kinds.declare(
        TableKind(
            _name, *LABELS[_name], _way.match, _way.merge, undoing.undo, undoing.blockers, undoing.visible, VIEW, VIEW,
            rights=_rights, compared=False,
        ),
        Declared(_name, TARGETS[_name], words(_name), _check, "case_no", "case.again", GROUPS, findings()),
    )  # fmt: skip
