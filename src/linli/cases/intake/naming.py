"""Which words of a sheet look like people's names: a column of names mapped to the wrong field is not to be shown or kept.

A rule of thumb, after the most frequent surnames (inferred): it rather hides a word that nobody is called than show somebody's name.
"""

from __future__ import annotations

import re

from linli.registry.matching.standard import TWO_CHARACTER_SURNAMES
from linli.registry.pinyin import SURNAMES as READ_OTHERWISE

SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石"
    "姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤"
    "毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏"
    "宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙"
    "计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺肖闫付邸代"
) | frozenset(READ_OTHERWISE)  # fmt: skip
COMPOUND = frozenset(TWO_CHARACTER_SURNAMES)
#: Behind the surname: what a unit is called by, and nobody.
_UNIT = re.compile(
    r"[局办委所站队街区县市村居处室厅部院校司厂店团组网管]|中心|公园|银行|政府|镇府|机关|物业|热力|燃气|自来水|供电|环卫|协会|商会|工会|联合会"
    r"|[监治政务]科"
)
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{2,4}|[\u3400-\u9fff]{1,10}[·•・][\u3400-\u9fff·•・]{1,20}")


def like_a_name(word: str) -> bool:
    """Whether a word looks like a name: two or three characters after a usual surname, four after two or a compound one, or with
    the dot of longer names; and nothing in it that units are called by."""
    bare = re.sub(r"\s+", "", word)
    if not _PERSON.fullmatch(bare):
        return False
    if not bare.isalpha():  # with a dot
        return True
    if _UNIT.search(bare, 1):
        return False
    if bare[:2] in COMPOUND:
        return len(bare) > 2
    return bare[0] in SURNAMES and (len(bare) < 4 or bare[1] in SURNAMES)
