"""What keeps a model from being made or used, in words for whoever runs the command."""

from __future__ import annotations

from linli.kernel.errors import Invalid, Text


class NothingToLearn(Invalid):
    """Too few labelled texts to tell categories apart."""

    code = "cases.text.nothing_to_learn"
    text = Text(
        "无法训练：至少需要两个类别，且每类至少 {least} 条有文字的记录；现有 {classes} 类、{rows} 条。",
        "Nothing to learn from: at least two classes with {least} texts each are needed; there are {classes} "
        "classes and {rows} texts.",
    )


class ModelRefused(Invalid):
    """The file is no model of ours, is damaged, or was made by another version."""

    code = "cases.text.model_refused"
    text = Text("模型文件 {file} 不可用：{reason}", "The model file {file} cannot be used: {reason}")
