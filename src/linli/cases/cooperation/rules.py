"""What co-operation goes by. Pure."""

from __future__ import annotations

from linli.kernel.errors import Text

#: Levels of supervision (督办级别). The words are in common use; that there are these three is ours (inferred).
LEVELS: dict[str, Text] = {
    "ordinary": Text("普通督办", "Ordinary"),
    "priority": Text("重点督办", "Priority"),
    "special": Text("专项督办", "Special"),
}
