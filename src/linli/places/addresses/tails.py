"""The tail of an address: everything from the first number on, read into door, building, unit, floor and room.

Tails repeat far more than addresses do (3号楼2单元401 stands behind every compound), so each is read once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .text import PIECE


class Tail(NamedTuple):
    """A tail taken apart. `names` is the place text found between or behind the numbers, pieces joined by PIECE."""

    door: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    group: str = ""  # 3组, 2巷, 5排: the order within a village
    names: str = ""
    behind: str = ""  # the same, behind a building, unit or room
    note: str = ""  # 50米, 东侧: kept in the normal text, never interpreted
    unclear: bool = False


_TOKEN = re.compile(
    r"""(?P<date>(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号])?)?)
      | 第?(?P<value>[A-Z]{0,2}[0-9]{1,6}[A-Z甲乙丙丁]?|[A-Z]{1,2}(?![A-Z]))
        (?P<suffix>号楼|号院|号房|栋楼?|幢楼?|座楼?|\#楼?|单元|门洞|门(?![牌口头市面卫])|楼|层|F|室|房间?|户|号|村民小组|小组|组|队|排|巷|弄|胡同|区|期|米|里地|公里)?
      | (?P<side>[东西中南北前后甲乙丙丁](?:单元|户|室|屋)|(?:[东西中南北]|[东西][南北])户)
      | (?P<dash>-+)
      | (?P<name>[^0-9A-Z\-\#]+?)(?=[东西中南北前后甲乙丙丁](?:单元|户|室|屋)|第?[0-9A-Z\-\#]|$)
    """,
    re.VERBOSE,
)
_KIND: dict[str | None, str] = {
    **dict.fromkeys(("号楼", "栋", "栋楼", "幢", "幢楼", "座", "座楼", "#", "#楼"), "building"),
    **dict.fromkeys(("单元", "门洞", "门"), "unit"),
    **dict.fromkeys(("层", "F"), "floor"),
    **dict.fromkeys(("室", "户", "号房", "房", "房间"), "room"),
    **dict.fromkeys(("号院", "弄"), "door"),
    **dict.fromkeys(("组", "小组", "村民小组", "队", "排", "巷", "胡同"), "group"),
    **dict.fromkeys(("区", "期"), "part"),
    **dict.fromkeys(("米", "里地", "公里"), "note"),
    "楼": "storey",
    "号": "number",
    None: "bare",
}
# The two forms behind most rows, read without the tokeniser: 3号楼2单元401 and its kin, and 45号.
_COMMON = re.compile(
    r"0*([1-9][0-9]{0,2})(?:号楼-?|栋-?|幢-?|座-?|\#楼?-?|-)0*([1-9][0-9]?)(?:单元-?|门-?|-)0*([1-9][0-9]{2,3})[室户号]?|"
    r"0*([1-9][0-9]{0,3})号"
)
# Words about the home or who lives there: what follows is no part of the address.
_REMARK = re.compile(
    r"-?(?:(?<![公廉])租房|租住|出租|租户|现租|现住|现居|原住|原址|原籍|房东|房主|户主|业主|电话(?!局)|手机|联系|空置|空挂|空户"
    r"|闲置|备注|搬[来入走去]|女儿|儿子|父母|亲戚|亲属|子女|借住|寄住|暂住|常住|未入住|装修(?!公司)|待拆|已拆)"
)
# Rooms that have a name, alone or before a number: 阁楼, 车库5号, 沿街商铺101.
_NAMED_ROOM = re.compile(
    r"(?:[东西南北])?(?:阁楼|地下室|车库|储藏室|车棚|门卫室?|传达室|(?:沿街|临街)?(?:商铺|商业房?|门市|门头房?|门面房?|网点房?|店铺|房))"
)
_SIDES = {"东", "西", "中", "南", "北", "东南", "东北", "西南", "西北"}
_APPENDED = re.compile(r"号?附|号之")
_NUMBERED_NAME = re.compile(r"小区|宿舍|大院|家属|生活区|工程|厂|库|社区|花园|公寓")
_FRONT_HASH = re.compile(r"(?<![0-9A-Z])#+(?=[0-9])")
_WHOLE_ROOM = re.compile(r"([A-Z])([0-9]{3,4})")
_CHINESE = dict(zip(map(str, range(1, 11)), "一二三四五六七八九十", strict=True))
_FILLER = {"号", "院", "内", "院内", "的", "楼", "第", "村", "之", "号内", "室", "户", "庭院", "住", "家"}
_SIDE_OF = re.compile(r"(?:.*[边侧面头旁]|.*附近|.*对过|.*隔壁|.*路口|.*交叉口|[东西南北前后])$")


def strip_zeros(value: str) -> str:
    """03 → 3; a lone 0 stays."""
    return value.lstrip("0") or value[:1] if value[:1] == "0" else value


class _Reader:
    """Fills the slots of one tail from left to right; bare numbers wait until the next named one explains them."""

    def __init__(self) -> None:
        self.door = self.building = self.unit = self.floor = self.room = self.group = ""
        self.waiting: list[str] = []
        self.names: list[str] = []
        self.behind: list[str] = []
        self.named_room = ""
        self.note = ""
        self.unclear = False

    def settle(self, following: str = "") -> None:
        """Give the waiting bare numbers their slots, knowing the kind of the named number that follows."""
        queue, self.waiting = self.waiting, []
        if not queue:
            return
        if following in ("unit", "floor", "room"):
            order = ["building", "unit", "floor"] if not self.building else ["unit", "floor"]
            if following != "room":
                order = order[: order.index("unit" if following == "unit" else "floor")]
            slots = [s for s in order if not getattr(self, s)]
            if len(queue) > len(slots):
                if not self.door and following != "room":
                    self.door = queue.pop(0)
                self.unclear = len(queue) > len(slots)
            for slot, value in zip(slots, queue, strict=False):
                setattr(self, slot, value)
            return
        self._settle_end(queue)

    def _settle_end(self, queue: list[str]) -> None:
        """Bare numbers at the end of the tail: 3-2-401, 3-401, or the 401 after 2单元."""
        if (self.building or self.unit or self.floor) and len(queue) > 1 and len(queue[0]) > 2 and not self.room:
            # 401-1 is a part of 401; of 401、402 the first is taken, and the rest said to be unclear.
            self.room = f"{queue[0]}-{queue[1]}" if len(queue[1]) < 3 else queue[0]
            self.unclear = self.unclear or len(queue) > 2 or len(queue[1]) > 2
            return
        if self.unit or self.floor:
            slots = ["room"] if len(queue) == 1 or self.floor else ["floor", "room"]
        elif self.building:
            slots = {1: ["room"], 2: ["unit", "room"]}.get(len(queue), ["unit", "floor", "room"])
        elif len(queue) == 1:
            whole = _WHOLE_ROOM.fullmatch(queue[0])
            if whole:
                self.building, self.room = whole[1], whole[2]
                return
            slots = ["room"] if self.door and len(queue[0]) > 2 else ["door"]
            if self.door and slots == ["door"]:
                self.door += "-" + queue[0]
                return
        elif len(queue) == 2:
            if len(queue[1]) < 3:
                self.door = "-".join([*filter(None, [self.door]), *queue])
                return
            slots = ["building", "room"]
        else:
            slots = {3: ["building", "unit", "room"]}.get(len(queue), ["building", "unit", "floor", "room"])
        if len(queue) > len(slots):
            self.unclear = True
        for slot, value in zip(slots, queue, strict=False):
            if getattr(self, slot):
                self.unclear = True
            else:
                setattr(self, slot, value)

    def put(self, slot: str, value: str) -> None:
        """A number that says what it is."""
        self.settle(slot)
        if slot == "building" and self.building and self.building != value:
            slot = "room" if self.unit or len(value) > 2 else "unit"  # 3号楼2#401, 3号楼2单元401#
        if not getattr(self, slot):
            setattr(self, slot, value)
        elif getattr(self, slot) != value:
            self.unclear = True

    def number(self, value: str, dashed: bool) -> None:
        """…号 is a room after a building or unit, a door after anything else; 45-1号 is one door."""
        if self.building or self.unit or self.floor or (self.waiting and len(value) > 2):
            self.put("room", value)
        elif self.waiting and dashed:
            self.door = "-".join([*self.waiting, value])
            self.waiting = []
        elif self.door:
            self.door += "-" + value
        else:
            self.settle()
            self.door = value if not self.door else f"{self.door}-{value}"


def _storey(reader: _Reader, value: str, following: re.Match[str] | None) -> None:
    """…楼 is a floor behind a building or before a room that begins with it; else people mean the building."""
    if reader.building or reader.unit or reader.waiting:
        reader.put("floor", value)
        return
    after = (following["value"] or "") if following else ""
    suffix = following["suffix"] if following else None
    if len(after) > 2 and suffix in (None, "室", "号", "户") and after.startswith(value):
        reader.put("floor", value)
    else:
        reader.put("building", value)


def read_tail(text: str) -> Tail:
    """Read one tail. Never raises: what cannot be understood is kept in `names` or `note` and marked unclear."""
    if not text:
        return Tail()
    if common := _COMMON.fullmatch(text):
        return Tail(common[4]) if common[4] else Tail("", common[1], common[2], "", common[3])
    if remark := _REMARK.search(text):
        if remark.start() == 0:
            return Tail(note=text)
        read = read_tail(text[: remark.start()])
        return read._replace(note=read.note + remark.group().lstrip("-") + text[remark.end() :])
    text = _FRONT_HASH.sub("", _APPENDED.sub("-", text))
    tokens = list(_TOKEN.finditer(text))
    reader, dashed, prefix = _Reader(), False, ""
    for index, token in enumerate(tokens):
        if token["dash"]:
            dashed = True
            continue
        if token["date"]:
            reader.note += token["date"]
        elif token["name"]:
            _name(reader, prefix + token["name"].strip("#"))
            prefix = ""
        elif token["side"]:
            side = token["side"]
            reader.put("unit" if side.endswith("单元") else "room", side.removesuffix("单元"))
        else:
            kind, value = _KIND[token["suffix"]], strip_zeros(token["value"])
            if value[-1] in "甲乙丙丁":
                value = value[-1] + value[:-1]
            if reader.named_room and kind in ("bare", "number", "room"):
                reader.put("room", reader.named_room + value)
                reader.named_room, dashed = "", False
                continue
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            if kind == "bare" and following and _NUMBERED_NAME.match(following["name"] or ""):
                reader.settle()
                prefix = value  # 301宿舍, 1953小区
            elif kind == "bare":
                reader.waiting.append(value)
            elif kind == "number":
                reader.number(value, dashed)
            elif kind == "storey":
                _storey(reader, value, following)
            elif kind == "group":
                reader.settle()
                suffix = token["suffix"]
                reader.group += value + ("组" if suffix.endswith("组") else suffix)
            elif kind == "part":
                reader.settle()
                # Parts of a compound are named with Chinese numerals: 阳光花园2区 is 阳光花园二区.
                reader.names.append(_CHINESE.get(value, value) + token["suffix"])
            elif kind == "note":
                reader.note += token.group()
            else:
                reader.put(kind, value)
        dashed = False
    reader.settle()
    if reader.named_room:
        reader.put("room", reader.named_room)
    r = reader
    names, behind = PIECE.join(r.names), PIECE.join(r.behind)
    return Tail(r.door, r.building, r.unit, r.floor, r.room, r.group, names, behind, r.note, r.unclear)


def _name(reader: _Reader, text: str) -> None:
    """Words between numbers: a place to look up, a mark of position, or filler."""
    if text in _FILLER or not text:
        return
    if not reader.room and (reader.unit or reader.floor) and text in _SIDES:
        reader.settle()
        reader.put("room", text + "户")  # 四楼西
        return
    if reader.note or _SIDE_OF.match(text):
        reader.note += text
        return
    reader.settle()
    if not (reader.building or reader.unit or reader.floor or reader.room):
        reader.names.append(text)
    elif not reader.room and _NAMED_ROOM.fullmatch(text):
        reader.named_room = text
    else:
        reader.behind.append(text)
