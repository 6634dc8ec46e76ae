"""The problems of good practice."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, Text


class PracticeChanged(Conflict):
    """Somebody else was quicker."""

    code = "tiers.practice_changed"
    text = Text(
        "{who}已先修改了这个案例（{when}）。您填写的内容没有丢，请核对后再提交。",
        "{who} changed this card first ({when}). What you typed is still there: look again before you submit.",
    )


class PracticePublished(Conflict):
    """What is published is not edited under its readers."""

    code = "tiers.practice_published"
    text = Text("案例已发布，请先撤下再修改。", "The card is published; withdraw it before it is changed.")


class PracticeSubmitted(Conflict):
    """What waits to be published is not handed in again."""

    code = "tiers.practice_submitted"
    text = Text("案例已提交，等待发布。", "The card is handed in and waits to be published.")


class PracticeKept(Conflict):
    """Only a draft of one's own that was never published is deleted: what others read stays known."""

    code = "tiers.practice_kept"
    text = Text(
        "只有本人编写、从未发布过的草稿可以删除。",
        "Only a draft that you wrote and that was never published can be deleted.",
    )


class PracticeNotPublished(Conflict):
    """Only a published card is withdrawn or copied."""

    code = "tiers.practice_not_published"
    text = Text("案例尚未发布。", "The card is not published.")


class PracticeUnready(Invalid):
    """A card that tells too little is not published."""

    code = "tiers.practice_unready"
    text = Text("发布前请补全所列内容。", "Complete what is listed before it is published.")


class PhotoOnly(Invalid):
    """The file is no photo."""

    code = "tiers.practice_photo_kind"
    text = Text(
        "案例照片只收 JPEG、PNG、WebP、GIF 图片；文件内容不是其中一种。",
        "Photos are JPEG, PNG, WebP or GIF; this file is none of them.",
    )


class PhotosFull(Conflict):
    """There are as many photos as there may be."""

    code = "tiers.practice_photos_full"
    text = Text("每个案例最多 {most} 张照片。", "A card may have {most} photos at most.")
