"""A small world of proposals: who registers, hosts, reviews, signs and helps, and the steps between, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import staff

PHONE = "13955551234"
NUMBER = "20260076"


@dataclass
class Proposals:
    """Signed-in people by what they are. The host is the own town, the other town helps, its village is a stranger."""

    people: dict[str, Any] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls) -> Proposals:
        world = cls()
        world.add("registrar", "proposal_registrar", staff.DISTRICT)
        world.add("host", "unit_handler", staff.TOWN)
        world.add("signer", "reply_signer", staff.TOWN)
        world.add("helper", "unit_handler", staff.OTHER_TOWN)
        world.add("stranger", "unit_handler", staff.VILLAGE)
        return world

    def add(self, name: str, role: str, area: str) -> None:
        self.accounts[name] = staff.staff(f"p-{name}", role, area)
        self.people[name] = staff.client(self.accounts[name])

    def again(self) -> None:
        """The same people with new sessions, as the clock says now: a session lasts for hours."""
        self.people = {name: staff.client(account) for name, account in self.accounts.items()}

    def get(self, who: str, path: str) -> Any:
        return self.people[who].get(f"/api/proposals{path}")

    def put(self, who: str, path: str, **body: Any) -> Any:
        return self.people[who].put(f"/api/proposals{path}", body, content_type="application/json")

    def post(self, who: str, path: str, **body: Any) -> Any:
        return self.people[who].post(f"/api/proposals{path}", body, content_type="application/json")

    def entered(self, **more: Any) -> dict[str, Any]:
        """What is entered of a proposal."""
        people = [{"name": "示例甲", "contact": PHONE, "shown": True}]
        return {
            "body": "cppcc", "number": NUMBER, "term": 13, "session": 3, "title": "关于示例小区加装充电桩的建议",
            "content": "　　示例小区车多桩少。\n\n建议统一规划。", "proposers": people, **more,
        }  # fmt: skip

    def register(self, **more: Any) -> str:
        answer = self.post("registrar", "", **self.entered(**more))
        assert answer.status_code == 201, answer.content.decode()
        return str(answer.json()["id"])

    def look(self, proposal: str, who: str = "registrar") -> dict[str, Any]:
        answer = self.get(who, f"/{proposal}")
        assert answer.status_code == 200, answer.content.decode()
        found: dict[str, Any] = answer.json()
        return found

    def step(self, who: str, proposal: str, action: str, version: int | None = None, **given: Any) -> Any:
        version = self.look(proposal)["version"] if version is None else version
        return self.post(who, f"/{proposal}/actions/proposal_{action}", version=version, **given)

    def do(self, who: str, proposal: str, action: str, **given: Any) -> dict[str, Any]:
        answer = self.step(who, proposal, action, **given)
        assert answer.status_code == 200, answer.content.decode()
        found: dict[str, Any] = answer.json()
        return found

    def draft(self, proposal: str, text: str = "已规划示例桩位。\n　　年底前建成。", **more: Any) -> Any:
        replies = self.look(proposal, "host")["replies"]
        at = self.look(proposal)["round"]
        version = next((each["version"] for each in replies if each["round"] == at), 0)
        body = {"version": version, "text": text, "contact_name": "示例联系人", "contact_phone": "0533-0000000", **more}
        return self.put("host", f"/{proposal}/draft", **body)

    def until(self, state: str, proposal: str | None = None) -> str:
        """A proposal brought along the straight path up to `state`."""
        made = proposal or self.register()
        path = (
            ("to_take", lambda: self.do("registrar", made, "assign", unit_id=str(unit(staff.TOWN)))),
            ("handling", lambda: self.do("host", made, "take")),
            ("handed_back", lambda: (self.draft(made), self.do("host", made, "submit"))),
            ("check_result", lambda: self.do("signer", made, "review")),
            ("to_close", lambda: self.sign(made)),
            ("closed", lambda: self.do("registrar", made, "publish")),
        )
        states, here = [reached for reached, _ in path], self.look(made)["state"]
        for reached, go in path[states.index(here) + 1 if here in states else 0 : states.index(state) + 1]:
            go()
            assert self.look(made)["state"] == reached
        return made

    def sign(self, proposal: str, **more: Any) -> dict[str, Any]:
        given = {"document_number": "示政字〔2026〕7号", "signed_post": "镇长", "signed_name": "示例签发人", **more}
        return self.do("signer", proposal, "sign", **given)


def unit(area: str) -> Any:
    return staff.units()[area]
