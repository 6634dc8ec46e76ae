"""What keeps a photo or file from being taken, in words for whoever sends it."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, Text, Unavailable


class WrongOffset(Conflict):
    """The part does not begin where the last one ended. `offset` is where it should."""

    code = "cases.attachment_offset"
    text = Text("已收到 {offset} 字节，请从那里继续。", "{offset} bytes have arrived; go on from there.")


class NoSuchKind(Invalid):
    """The content is of a kind that is not taken, whatever its name says."""

    code = "cases.attachment_kind"
    text = Text(
        "只收照片（JPEG、PNG、WebP、GIF）、PDF、Word 和 Excel（docx、xlsx）、MP4 视频。文件内容不是其中一种。",
        "Photos (JPEG, PNG, WebP, GIF), PDF, Word and Excel (docx, xlsx) and MP4 videos are taken; this is none of them.",
    )


class PhotosOnly(Invalid):
    """A door that knows nobody takes pictures alone."""

    code = "cases.attachment_photos_only"
    text = Text("这里只收照片（JPEG、PNG、WebP、GIF）。", "Only photos (JPEG, PNG, WebP, GIF) are taken here.")


class Heic(Invalid):
    """The photo is in a format that browsers do not show."""

    code = "cases.attachment_heic"
    text = Text(
        "HEIC 照片请先转为 JPEG：手机“设置—相机—格式”选“兼容性最佳”，或截屏后上传。",
        "Please send a HEIC photo as JPEG: choose “Most Compatible” under Camera, Formats, or take a screenshot of it.",
    )


class TooManyPixels(Invalid):
    """A small file that would unfold to a giant picture."""

    code = "cases.attachment_pixels"
    text = Text(
        "照片展开后过大（最多 {most} 万像素），没有处理。请缩小后上传。",
        "Unfolded, this picture is too large (at most {most} times 10,000 pixels) and was not opened. Send a smaller one.",
    )


class Unreadable(Invalid):
    """The photo is cut off or damaged."""

    code = "cases.attachment_unreadable"
    text = Text("照片已损坏或不完整，请重新选择。", "This photo is damaged or incomplete; choose it again.")


class Infected(Invalid):
    """The scanner knows harmful content in it."""

    code = "cases.attachment_infected"
    text = Text("病毒扫描没有通过，文件没有保存。", "The virus scan refused this file; it was not kept.")


class NotScanned(Unavailable):
    """A scanner is set up and does not answer: nothing passes unscanned."""

    code = "cases.attachment_not_scanned"
    text = Text(
        "病毒扫描暂时不可用，文件没有保存，请稍后再试。",
        "The virus scan does not answer just now; the file was not kept. Try again later.",
    )


class TooManyFiles(Conflict):
    """A case holds so many photos and files at most."""

    code = "cases.attachments_full"
    text = Text("每个案件最多 {most} 个照片和文件。", "A case holds {most} photos and files at most.")


class NotYours(Conflict):
    """Only who added a photo or file takes it back, and only while the case is open."""

    code = "cases.attachment_not_yours"
    text = Text(
        "只有上传人可以撤回，且须在结案之前。",
        "Only who added it may take it back, and only before the case is closed.",
    )


class NotAfter(Conflict):
    """Who reported is shown pictures of how it was mended, and no other."""

    code = "cases.attachment_not_after"
    text = Text("只有“处置后”的照片可以给反映人看。", "Only pictures of afterwards are shown to who reported.")
