"""The problems of past results."""

from __future__ import annotations

from linli.kernel.errors import Problem, Text


class RecognitionsUnsound(Problem):
    """A table of past results has errors; nothing of it was taken."""

    status, code = 422, "tiers.recognitions_unsound"
    text = Text("表中有 {count} 处错误，没有导入。", "The table has {count} errors and was not imported.")
