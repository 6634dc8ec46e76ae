"""A city's messages in which some events are told by ten to sixty people, for development: all of our own making.

Every event is a matter at a named place. Tellers choose their own title, a few of the facts in their own order and
shortened in their own way, write the place in one of its forms, and add what is on their mind; other messages are about
the same place and another matter, or the same matter elsewhere.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from _departments import AROUND, BACK, FRONT, GREETINGS, NOISE, PLEAS, SELVES, Topic, Writer, topics

from linli.cases.text.seeds import seeds

CLAIMS = [
    "{0}{1}",
    "{0}：{1}",
    "反映{0}{1}的问题",
    "投诉{0}{1}",
    "{1}，{0}住户苦不堪言",
    "请管管{0}的事：{1}",
    "关于{0}{1}一事",
    "{1}（{0}）",
]


class Told(NamedTuple):
    """`event`: its number, or -1 for a message that nobody else tells."""

    title: str
    body: str
    event: int


FILLER = [seed.text for seed in seeds()] + [s for topic in topics() for s in topic.sentences]


@cache
def matters() -> tuple[Topic, ...]:
    """The departments' topics, and one for each seed text: its own words as the title, its category's for the facts."""
    found = list(topics())
    for seed in seeds():
        same = tuple(s.text for s in seeds() if s.code == seed.code)
        found.append(Topic(seed.code, seed.text, (seed.text,), tuple(s for s in same if s != seed.text)))
    return tuple(found)


class City(Writer):
    """Places whose names come up again and again, some far more often than others."""

    def __init__(self, seed: int, places: int = 2_500) -> None:
        super().__init__(seed)
        kinds = ["小区", "路", "村", "学校", "医院", "公司"]
        self.places = [
            (kind, self.filled(f"{{{kind}}}", {}))
            for kind in self.rng.choice(kinds, places, p=[0.4, 0.2, 0.12, 0.1, 0.06, 0.12])
        ]
        weights = 1 / np.arange(1, places + 1) ** 0.5
        self.weights = weights / weights.sum()
        self.roads = [name for kind, name in self.places if kind == "路"]

    def place(self) -> int:
        return int(self.rng.choice(len(self.places), p=self.weights))

    def mentioned(self, place: int) -> str:
        """The place as one teller writes it: with the district or road before it, shortened, or with a slip."""
        kind, name = self.places[place]
        if kind in ("小区", "公司", "学校") and len(name) > 4 and self.rng.random() < 0.3:
            name = name[:-2]
        if self.rng.random() < 0.04:
            at = int(self.rng.integers(len(name)))
            name = name[:at] + self.pick("丽莉力立利里理") + name[at + 1 :]
        before = self.pick(["", "", "A市", f"A{1 + place % 7}区", f"A市A{1 + place % 7}区"])
        road = self.roads[place % len(self.roads)] if kind != "路" and self.rng.random() < 0.25 else ""
        return before + road + name + self.pick(["", "", "", "附近", "旁边", "对面"])

    def own_words(self, text: str) -> str:
        """A sentence as somebody else would say it: its key words (runs of two to five characters) in other company."""
        words, at = [], 0
        while at < len(text):
            size = int(self.rng.integers(2, 6))
            if self.rng.random() < 0.55:
                words.append(text[at : at + size].strip("，"))
            else:
                filler = self.pick(FILLER)
                start = int(self.rng.integers(max(1, len(filler) - 6)))
                words.append(filler[start : start + int(self.rng.integers(1, 7))])
            at += size
        return "".join(words)

    def tell(self, number: int, place: int, event: int) -> Told:
        """One teller's message of a matter (a topic's number) at a place. What only this event has (a company, a person,
        a date) is told by every third or so.
        """
        topic = matters()[number]
        slots = dict([self.places[place]])
        held = {
            kind: self.places[(place * 7 + i) % len(self.places)][1]
            for i, kind in enumerate(["路", "小区", "村", "学校", "医院", "公司"])
        }
        held |= {"区": f"A{1 + place % 7}区"} | slots
        core = self.pick(topic.titles)
        for slot in ("区", "小区", "路", "村", "学校", "医院", "公司"):
            core = core.replace(f"{{{slot}}}", "")
        at = self.mentioned(place)
        said = self.own_words(core) if self.rng.random() < 0.7 else core
        title = self.reworded(self.pick(CLAIMS).format(at, said))
        if self.rng.random() < 0.1:
            title = self.filled(self.pick(AROUND["empty titles"]), {"区": held["区"], "村": at})
        facts = [
            self.own_words(self.filled(s, dict(held)))
            for s in self.rng.permutation(topic.sentences)[: 1 + self.rng.poisson(1.2)]
        ]
        own = np.random.default_rng(place * 1_000 + number)
        names = "".join(str(c) for c in own.permutation(list(FRONT + BACK)))
        known = [
            names[0:3] + "公司",
            names[3:5] + "集团",
            names[6:9],
            f"{own.integers(1, 13)}月{own.integers(1, 29)}日",
            names[10:12] + "路口",
        ]
        facts += [self.own_words(self.pick(FILLER)) + k for k in known if self.rng.random() < 0.25]
        facts += [
            self.mentioned(place)
            + self.pick(["的居民", "这里", "的情况", "", "一带"])
            + self.pick(["受不了了", "天天如此", "已经很久了", "希望有人管"])
        ]
        facts += [
            self.own_words(self.filled(self.pick(NOISE + FILLER), dict(held)))
            for _ in range(int(self.rng.integers(1, 9)))
        ]
        self.rng.shuffle(facts)
        self_said = self.filled(self.pick(SELVES), {"小区": at, "区": held["区"]}) if self.rng.random() < 0.6 else ""
        if self.rng.random() < 0.5:
            self_said = self.own_words(self_said) + "，"
        plea = self.filled(self.pick(PLEAS), {})
        plea = self.own_words(plea) if self.rng.random() < 0.6 else plea
        body = (
            self.pick(GREETINGS)
            + self_said
            + "".join(self.reworded(f).rstrip("。") + self.pick("。，！；") for f in facts)
        )
        return Told(title, self.typos(body + plea), event)


def city(seed: int, rows: int = 4_300, events: int = 18) -> list[Told]:
    """Messages in no order: `events` told by ten to sixty, a few by two to five, the rest alone."""
    made = City(seed)
    rng, found, used = made.rng, [], set()

    def happening() -> tuple[int, int]:
        while True:
            pair = int(rng.integers(len(matters()))), made.place()
            if pair not in used:
                used.add(pair)
                return pair

    for event in range(events):
        number, place = happening()
        found += [made.tell(number, place, event) for _ in range(int(rng.integers(10, 61)))]
    for event in range(events, events + 40):
        number, place = happening()
        found += [made.tell(number, place, event) for _ in range(int(rng.integers(2, 6)))]
    while len(found) < rows:
        found.append(made.tell(*happening(), -1))
    order = rng.permutation(len(found))
    return [found[i] for i in order]


def pairs_of(told: list[Told]) -> int:
    """How many pairs tell of one event."""
    sizes = np.bincount([t.event for t in told if t.event >= 0])
    return int((sizes * (sizes - 1) // 2).sum())
