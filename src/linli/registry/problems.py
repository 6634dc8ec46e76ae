"""What may go wrong in the registry, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class ChangedMeanwhile(Conflict):
    """The person or thing was changed by somebody else since the page was opened."""

    code = "registry.changed_meanwhile"
    text = Text(
        "该信息刚被他人修改，请核对最新内容后再保存；您填写的内容仍在。",
        "This record was changed by somebody else meanwhile. Look at it and save again; what you typed is kept.",
    )


class AlreadyDecided(Conflict):
    """Somebody decided this request or review before."""

    code = "registry.already_decided"
    text = Text("该事项已被办理。", "This has been decided already.")


class RestedUpon(Conflict):
    """A batch cannot be taken back: later entries rest on it."""

    code = "registry.rested_upon"
    text = Text(
        "没有撤销：之后有 {count} 处登记以本批次为依据，请先处理它们。",
        "Nothing was undone: {count} later entries rest on this batch. Deal with those first.",
    )


class PurposeMissing(Problem):
    """A reason is required to see or take out personal numbers."""

    status, code = 422, "registry.purpose_missing"
    text = Text("请写明用途（至少 4 个字）。", "Please state the purpose (at least 4 characters).")


class ReasonMissing(Problem):
    """A reason is required for a change by hand."""

    status, code = 422, "registry.reason_missing"
    text = Text("请写明原因（至少 2 个字）。", "Please state the reason (at least 2 characters).")


class Exists(Conflict):
    """The identity number belongs to somebody the actor can see."""

    code = "registry.exists"
    text = Text("该证件号码已在库中，请直接打开此人。", "Somebody with this identity number is in the base already.")


class NumberTaken(Conflict):
    """The identity number belongs to somebody else: one valid number is one person's (GB 11643)."""

    code = "registry.number_taken"
    text = Text(
        "该证件号码已属于另一人。是同一人请选择该人；不是同一人则号码有误，请按“号码有误”办理。",
        "This identity number belongs to another person. Choose that person if it is the same one; if not, the number "
        "is wrong: decide so.",
    )


class TwoNumbers(Conflict):
    """Statements would give one person two identity numbers (GB 11643: one person, one number)."""

    code = "registry.two_numbers"
    text = Text(
        "此人已有另一个证件号码，这样会有两个。不是同一人请不要合到此人；号码有误请先更正，或按“号码有误”办理。",
        "This person has another identity number, and would have two. If it is somebody else, do not choose this person; if "
        "a number is wrong, have it corrected first, or decide so.",
    )
