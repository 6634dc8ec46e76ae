"""Citizens' messages of our own making to seven departments, for development: not one sentence is from anywhere.

Topics and sentences are in `data/departments.txt`. A message takes a few sentences of its topic and drowns them in
greetings, family circumstances, places, other departments' words, and pleas; some are about two topics at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

SOURCE = Path(__file__).with_name("data") / "departments.txt"
#: Shares of messages, as unbalanced as departments' mail is.
SHARES = {
    "城乡建设": 0.22, "劳动和社会保障": 0.21, "教育文体": 0.17, "商贸旅游": 0.13, "环境保护": 0.10, "卫生计生": 0.10, "交通运输": 0.07,
}  # fmt: skip
FRONT = "金银龙凤东西南北新老大小长清玉石桃梅松柳荷兰白青红黄马牛云星江河湖泉安宁福寿和康"
BACK = "山水湖园苑桥溪岭塘湾坪岗泉林田坝港洲屋庄台门沟坡峰谷华阳明丰盛源口堂"


def _around() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in SOURCE.with_name("around.txt").read_text("utf-8").splitlines()[1:]:
        if line.startswith("# "):
            lines = found.setdefault(line[2:], [])
        else:
            lines.append("" if line == "-" else line.replace("\\n", "\n").replace("\\t", "\t"))
    return found


AROUND = _around()
GREETINGS, SELVES, NOISE, PLEAS = (AROUND[k] for k in ("greetings", "selves", "noise", "pleas"))
REWORDED = {line.split()[0]: tuple(line.split()[1:]) for line in AROUND["reworded"]}
_SLOT = re.compile(r"\{(\S+?)\}")


class Topic(NamedTuple):
    label: str
    name: str
    titles: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """`topic`: its number; `strange`: none of its sentences is in what is trained on."""

    title: str
    body: str
    label: str
    topic: int

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.body}"


@cache
def topics() -> tuple[Topic, ...]:
    found: list[Topic] = []
    label = name = ""
    lines: list[str] = []

    def close() -> None:
        if name:
            found.append(Topic(label, name, tuple(lines[0].split("|")), tuple(lines[1:])))

    for line in SOURCE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            close()
            lines = []
            label, name = (label, line[3:]) if line.startswith("## ") else (line[2:], "")
        else:
            lines.append(line)
    close()
    return tuple(found)


class Writer:
    """Writes messages. `part`: "learn" has one title and four sentences of each topic, "test" the other title and two
    sentences; without it all are used.
    """

    def __init__(self, seed: int, part: str = "", *, titled: bool = True) -> None:
        self.rng = np.random.default_rng(seed)
        self.part = part
        self.titled = titled

    def pick(self, values: Sequence[str]) -> str:
        return values[int(self.rng.integers(len(values)))]

    def name(self) -> str:
        return self.pick(FRONT) + self.pick(BACK) + (self.pick(BACK) if self.rng.random() < 0.3 else "")

    def filled(self, text: str, held: dict[str, str]) -> str:
        def one(match: re.Match[str]) -> str:
            slot = match[1]
            if slot == "n":
                return str(self.rng.integers(1, 13))
            if slot not in held or self.rng.random() < 0.1:
                letter = "ABCDEFGHKLM"[int(self.rng.integers(11))]
                n = self.rng.integers(1, 9)
                held[slot] = {
                    "区": lambda: self.pick([f"{letter}市", f"{letter}{n}区", f"{letter}{n}县", self.name() + "县"]),
                    "小区": lambda: self.name() + self.pick(["小区", "花园", "苑", "新城", "国际", "家园", "公馆"]),
                    "路": lambda: self.name() + self.pick(["路", "大道", "街", "东路", "西路", "南路"]),
                    "村": lambda: self.name() + self.pick(["村", "镇", "乡", "社区", "镇" + self.name() + "村"]),
                    "学校": lambda: self.name() + self.pick(["小学", "中学", "一中", "学院", "职业学校", "实验学校"]),
                    "医院": lambda: self.name() + self.pick(["医院", "人民医院", "中医院", "卫生院"]),
                    "公司": lambda: self.name() + self.pick(["公司", "集团", "科技有限公司", "厂", "置业", "实业"]),
                }[slot]()  # fmt: skip
            return held[slot]

        return _SLOT.sub(one, text)

    def reworded(self, text: str) -> str:
        for word, others in REWORDED.items():
            if word in text and self.rng.random() < 0.4:
                text = text.replace(word, self.pick(others))
        return text

    def typos(self, text: str) -> str:
        """One letter in 250 dropped, doubled or swapped."""
        letters = list(text)
        for at in np.flatnonzero(self.rng.random(len(letters)) < 0.004):
            kind = self.rng.integers(3)
            letters[at] = "" if kind == 0 else letters[at] * 2 if kind == 1 else letters[at - 1] + letters[at]
        return "".join(letters)

    def message(self, number: int) -> Message:
        topic = topics()[number]
        titles, sentences = topic.titles, topic.sentences
        if self.part:
            learn = self.part == "learn"
            at = (number % 3, number % 3 + 3)
            titles = titles[:1] if learn else titles[1:]
            sentences = tuple(s for i, s in enumerate(sentences) if (i not in at) == learn)
        held: dict[str, str] = {}
        title = self.filled(self.pick(titles), held)
        if self.rng.random() < 0.35:
            title = self.pick(["关于", "反映", "咨询", "请求解决", "投诉"]) + title + self.pick(["的问题", "", "一事"])
        if self.rng.random() < 0.15:  # a title that says nothing
            title = self.filled(
                self.pick(
                    [
                        "请关注民生问题",
                        "{区}的一封求助信",
                        "恳求领导为我们主持公道",
                        "一个普通市民的心声",
                        "{村}群众反映强烈的问题",
                        "投诉{区}有关部门不作为",
                    ]
                ),
                held,
            )
        own = [self.pick(sentences) for _ in range(1 + int(self.rng.poisson(1.1)))]
        body = [*dict.fromkeys(own)]
        if self.rng.random() < 0.6:
            body.append(title)
        if self.rng.random() < 0.18:  # a second matter in passing
            other = topics()[int(self.rng.integers(len(topics())))]
            body.append(self.pick(["另外，", "顺便反映一下，", "还有，", ""]) + self.pick(other.sentences))
        body += [self.pick(NOISE) for _ in range(int(self.rng.integers(1, 10)))]
        self.rng.shuffle(body)
        told = [self.filled(self.pick(GREETINGS), held)]
        if self.rng.random() < 0.7:
            told.append(self.filled(self.pick(SELVES), held))
        told += [
            self.reworded(self.filled(s, held)).rstrip("。") + self.pick(["。", "，", "！", "；", "。\n"]) for s in body
        ]
        told.append(self.filled(self.pick(PLEAS), held))
        return Message(self.reworded(title) if self.titled else "", self.typos("".join(told)), topic.label, number)

    def messages(self, rows: int, numbers: list[int]) -> list[Message]:
        """`rows` messages of the topics of those numbers, departments in their shares, topics as unequal as they come."""
        by_label = {label: [n for n in numbers if topics()[n].label == label] for label in SHARES}
        labels = self.rng.choice(list(SHARES), size=rows, p=list(SHARES.values()))
        weights = {label: self.rng.dirichlet(np.full(len(held), 1.5)) for label, held in by_label.items()}
        return [self.message(int(self.rng.choice(by_label[label], p=weights[label]))) for label in labels]


def split(seed: int, unseen: int = 3) -> tuple[list[int], list[int]]:
    """Numbers of the topics to train on and of those never trained on, `unseen` of each department."""
    rng = np.random.default_rng(seed)
    held = []
    for label in SHARES:
        own = [n for n, topic in enumerate(topics()) if topic.label == label]
        held += [int(n) for n in rng.choice(own, size=unseen, replace=False)]
    return [n for n in range(len(topics())) if n not in held], held
