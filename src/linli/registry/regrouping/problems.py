"""What may keep people from being joined or split, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class Same(Problem):
    """Both ids lead to one person already."""

    status, code = 422, "registry.same_person"
    text = Text("这两条已经是同一个人。", "These are one person already.")


class NumbersDiffer(Conflict):
    """Both have an identity number that passes its check, and not the same: one number is one person's (GB 11643)."""

    code = "registry.numbers_differ"
    text = Text(
        "两人的身份证号码都有效而不相同，不能合并。若其中一个号码有误，请先更正。",
        "Both have valid identity numbers, and these differ: they cannot be joined. If one is wrong, correct it first.",
    )


class Related(Conflict):
    """They are on record as each other's kin, guardian, carer or contact."""

    code = "registry.related"
    text = Text(
        "两人之间登记有亲属、监护等关系，不能合并。若关系有误，请先结束该关系。",
        "They are on record as each other's kin or guardian. If that is wrong, end the relation first.",
    )


class RequestOpen(Conflict):
    """A 迁入 request for one of them is open."""

    code = "registry.request_open"
    text = Text("其中一人有待办的迁入请求，请先办理。", "A move-in request for one of them is open. Decide it first.")


class NothingChosen(Problem):
    """A split takes some statements along and leaves some; each part has to say a name."""

    status, code = 422, "registry.split_nothing"
    text = Text(
        "请选择要拆出的来源记录；拆出和留下的部分都至少要有一条写明姓名的现行记录。",
        "Choose the source records to take out; both what is taken and what stays need a current record with a name.",
    )


class NumberOnBothSides(Conflict):
    """After the split two people would have one identity number."""

    code = "registry.split_number"
    text = Text(
        "拆分后两人会有同一个证件号码。如果拆出的记录中号码有误，请勾选“拆出记录的证件号码有误”。",
        "Both would have the same identity number. If it is wrong in the records taken out, say so.",
    )


class Undone(Conflict):
    """It was undone before."""

    code = "registry.regrouping_undone"
    text = Text("这次操作已经撤销。", "This has been undone already.")


class RestsUpon(Conflict):
    """Something later rests on the regrouping."""

    code = "registry.regrouping_rested_upon"
    text = Text(
        "没有撤销：之后有 {count} 处登记以此为依据（{what}）。请先处理，或改用拆分。",
        "Nothing was undone: {count} later entries rest on it ({what}). Deal with those first, or split instead.",
    )
