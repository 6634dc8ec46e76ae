"""The words places are made of: what a road, a compound, a landmark or a mark of position looks like."""

from __future__ import annotations

import re
from typing import Final

from .text import PIECE

_HAN: Final = "[\u4e00-\u9fff]"
_LONG_KINDS: Final = (
    "小区|花园|家园|嘉园|公寓楼?|新村|新居|宿舍[区楼院]?|家属[院区楼]|生活区|住宅区|居住区|安置区|回迁区|"
    "社区|新城|华庭|雅居|名居|名都|名邸|府邸|国际|广场|大厦|公馆|别墅区?|山庄|庄园"
)
_KINDS: Final = f"{_LONG_KINDS}|[苑城府里园庭湾轩郡墅院居楼]"
_SECTION: Final = "(?:[东西南北中一二三四五六七八九十]区|[一二三四五六七八九十]期|[A-Z0-9][区期]|[东西南北]院)?"
_NAME: Final = "[\u4e00-\u9fff0-9A-Z·]{1,16}?"

# 沿街商铺 is no street's name.
ROAD: Final = re.compile(
    rf"(?![沿临靠]街){_HAN}{{1,8}}?(?:(?<!铁)路|大街|大道|街|胡同|巷|国道|省道|[东西南北]道)(?:[东西南北中]段|[东西南北]侧)?"
)
GROUP: Final = re.compile(rf"{_HAN}{{1,6}}?(?:自然村|村民小组|生产队)")

# One character (城, 府, 里) ends a compound's name only where the text ends; the longer kinds wherever they stand.
COMPOUND: Final = re.compile(
    rf"{_NAME}(?:{_LONG_KINDS}|大院|[苑城府里园庭湾轩郡墅院楼]){_SECTION}$|{_NAME}(?:{_LONG_KINDS}){_SECTION}"
    # Parts of a village that number their doors anew: 六区, 新村, 沿街商铺.
    r"|(?:[东西南北中前后上下新老旧]|[一二三四五六七八九十]{1,2})区$|(?:新村|新区|老村)$"
    r"|[沿临]街(?:商铺|商业房?|门市|门头房?|门面房?|网点房?|店铺|楼|房)?$"
)
# A compound that says so wherever it stands.
SURE_COMPOUND: Final = re.compile(rf"{_NAME}(?:{_LONG_KINDS}){_SECTION}$")
# 本村, 本小区: where the writer is.
HERE: Final = re.compile(r"[本我](?:村|社区|小区|居委会|居|街道|镇)(?:的)?")
# A区, 3期: a part of the compound named before.
PART: Final = re.compile(r"(?:[0-9A-Z]+|[一二三四五六七八九十])[区期]$")

NOTE: Final = re.compile(
    r"(?:村委会?|居委会?|大队部?|村部|村口|学校|小学|中学|卫生室|超市|广场|医院|桥头?)?"
    r"(?:[正东西南北]{0,2}[东西南北前后旁左右](?:边|侧|面|头|首|邻|方|角|院|村)?|旁边?|附近|对面|对过|隔壁|路口|村头|村口|村内|院内|内|处)$"
)
LANDMARK: Final = re.compile(r"(?:村民委员会|居民委员会|村委会?|居委会?|大队部?|村部)")
STREET: Final = re.compile(r"[东西南北中]?(?:路|大街|街|大道|巷)")

# What may stand behind a bare stem (城里, 张庄) for it to be a village and not the start of another name: nothing,
# numbers, a landmark.
AFTER_SHORT: Final = re.compile(
    rf"$|{PIECE}|[0-9A-Z#\-]|(?:村委|居委|大队|村部|村口|学校|小学|卫生室)|[东西南北前后]?(?:边|侧|面|头|首)$"
)
# The full name of a road or compound may too, which leaves more doubt; 国际花园 (behind 凤凰) and 铺花园 (behind 十里) are
# no such names.
NAMED_AFTER_SHORT: Final = re.compile(
    rf"(?!{_HAN}?(?:{_KINDS})+$)"
    rf"(?:{_HAN}{{2,7}}?(?:路|大街|大道|街|胡同|巷)|{_HAN}{{2,12}}?(?:{_KINDS})(?:{PIECE}|[0-9A-Z]|$))"
)
# Behind a town and a bare stem any name of three characters is enough: 般阳路街道城里鲁泰名仕.
ANY_AFTER_SHORT: Final = re.compile(rf"(?!{_HAN}?(?:{_KINDS})+$){_HAN}{{3,}}|[东西南北前后中大小老新]街")
# Names that say nothing of where they are: 小区, 2区, 家属院, 东院. Every village may have one.
GENERIC: Final = re.compile(
    r".?|[0-9A-Z一二三四五六七八九十东西南北中前后老新大小]*"
    r"(?:小区|新村|宿舍|家属院|家属区|家属楼|生活区|住宅区|居住区|安置区|回迁区|公寓|社区|花园|院|大院|楼|区|期|组|队|村|新居|平房)*"
)
