"""What a keeper is told: the one thing `cluster.py` and `keeper.py` share."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Orders:
    """The server to keep; handed over as JSON on the keeper's command line (no secrets in it)."""

    postgres: str
    data_dir: str
    run_dir: str
    start_log: str
    uid: int | None  # None: run the server as ourselves
    gid: int | None
    linger: float

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Orders:
        return cls(**json.loads(text))
