"""What may go wrong with the directory."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class CategoryTaken(Conflict):
    """There is a category of this key already."""

    code = "cases.category.taken"
    text = Text("已有编码为 {code} 的分类“{name}”。", "There is a category {code} already: {name}.")


class CategoryChanged(Conflict):
    """Somebody changed the category since the page was opened."""

    code = "cases.category.changed"
    text = Text(
        "该分类刚被“{by}”修改，请核对后再保存；您填写的内容仍在。",
        "The category was changed by {by} meanwhile. Look at it and save again; what you typed is kept.",
    )


class CategoryClosed(Problem):
    """The category does not hold on that day."""

    status, code = 422, "cases.category.closed"
    text = Text("该分类自 {day} 起已停用。", "The category is closed from {day} on.")


class CodesUsedUp(Problem):
    """All local minors of a major are taken."""

    status, code = 422, "cases.category.used_up"
    text = Text("该大类的扩展小类编码已用完。", "All codes for local minors of this major are taken.")


class RuleEnded(Conflict):
    """The rule was ended already."""

    code = "cases.rule.ended"
    text = Text("该规则已于 {day} 停止。", "The rule ended on {day} already.")


class RuleTaken(Conflict):
    """There is a rule for this condition that has not ended."""

    code = "cases.rule.taken"
    text = Text(
        "该立案条件已有未停止的规则，请先停止它。", "A rule for this condition still holds; end that one first."
    )


class DirectoryUnreadable(Problem):
    """A file cannot be taken as a table of the directory."""

    status, code = 422, "cases.directory.unreadable"
    text = Text("文件缺少必需的列：{columns}。", "Columns are missing from the file: {columns}.")


class DirectoryTooLong(Problem):
    """A file has more rows than any directory."""

    status, code = 422, "cases.directory.too_long"
    text = Text("文件有 {rows} 行，超过上限 {most} 行。", "The file has {rows} rows, more than {most}.")


class DirectoryMoved(Conflict):
    """The directory changed since the dry run, or the file is another one."""

    code = "cases.directory.moved"
    text = Text(
        "预演之后目录已有变化，或文件不同，请重新预演。",
        "The directory changed since the dry run, or the file is another one; look at it again.",
    )


class NothingChanges(Problem):
    """A file says what the directory says."""

    status, code = 422, "cases.directory.same"
    text = Text("文件与现有目录一致，没有变化。", "The file says what the directory says; nothing changes.")
