"""What may go wrong with forms of the catalogue."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class FormTaken(Conflict):
    """The issuer has a form of this name."""

    code = "intake.form.taken"
    text = Text(
        "“{issuer}”已有名为“{name}”的报表，请在它上面传新版本，或换一个名称。",
        "{issuer} has a form called “{name}” already: add a version to that one, or choose another name.",
    )


class FormChanged(Conflict):
    """Somebody changed the form, or decided on it, since the page was opened."""

    code = "intake.form.changed"
    text = Text(
        "该报表刚被“{by}”修改，请核对后再提交；您填写的内容仍在。",
        "{by} changed the form meanwhile. Look at it and submit again; what you typed is kept.",
    )


class FormState(Conflict):
    """The form is in a state from which this cannot be done."""

    code = "intake.form.state"
    text = Text("报表当前为“{status_zh}”，不能进行此操作。", "The form is “{status_en}”; this cannot be done now.")


class OwnForm(Problem):
    """Whoever proposed a form does not decide on it."""

    status, code = 403, "intake.form.own"
    text = Text(
        "不能审批自己登记或修改的报表，请由另一人审批。",
        "Nobody decides on a form they entered or changed; somebody else has to.",
    )


class NotInUse(Problem):
    """The form may not be asked for: it is not approved, or its time is over."""

    status, code = 422, "intake.form.not_in_use"
    text = Text(
        "“{name}”{status_zh}，不能发起新的填报。{why_zh}",
        "“{name}” is {status_en}: it cannot be asked for. {why_en}",
    )


class TemplateHoldsPeople(Problem):
    """Somebody's identity number stands in the template, which the whole district can take."""

    status, code = 422, "intake.form.template_holds_people"
    text = Text(
        "模板工作表“{sheet}”的 {cell} 单元格有证件号码。登记后的模板全区都能下载，请删去示例行或旧数据中的个人信息再上传。",
        "There is an identity number in cell {cell} of sheet “{sheet}”. A registered template can be downloaded in all of "
        "the district: take people out of its examples and old rows, and upload it again.",
    )


class TemplateNamesPeople(Problem):
    """What looks like names of people stands in the template, and nobody has said that they are examples."""

    status, code = 422, "intake.form.template_names_people"
    text = Text(
        "模板工作表“{sheet}”的 {cell} 等 {cells} 个单元格像是人的姓名。登记后的模板全区都能下载：是真实人员的，请删去再上传；"
        "只是示例的，请勾选确认。",
        "{cells} cells of the template look like names of people (sheet “{sheet}”, {cell} first). A registered template can be "
        "downloaded in all of the district: take real people out and upload it again, or confirm that they are examples.",
    )


class TemplateGone(Problem):
    """The workbook of a version cannot be read any more."""

    status, code = 410, "intake.form.template_gone"
    text = Text("模板文件已不存在，请重新上传。", "The template's file is gone; upload it again.")


class FileNotReady(Conflict):
    """The generated file is not there (yet, or any more)."""

    code = "intake.generated.not_ready"
    text = Text("文件还没有生成好，或已到期删除。", "The file is not ready, or is gone by its time.")


class RevealEnded(Problem):
    """Numbers stand in full in the file, and whoever takes it may not see them so any more."""

    status, code = 403, "intake.generated.reveal_ended"
    text = Text(
        "文件中有完整号码，您现在没有查看完整号码的权限，不能下载。请重新生成掩码的文件。",
        "Numbers stand in full in the file, which you may not see any more. Have it filled again with masked numbers.",
    )


class AskerGone(Problem):
    """The account that asked for the file is closed."""

    status, code = 409, "intake.generated.asker_gone"
    text = Text("申请人的账号已停用。", "The account that asked for it is closed.")


class NeverDone(Problem):
    """Every worker that began the file was ended before it was done."""

    status, code = 500, "intake.generated.never_done"
    text = Text(
        "文件多次没有生成完就中断了，已停止。请缩小区划或条件再试；仍不行请告诉管理员。",
        "The file was broken off every time before it was done, and is given up. Try a smaller area or a narrower condition; "
        "if that does not help, tell the administrator.",
    )
