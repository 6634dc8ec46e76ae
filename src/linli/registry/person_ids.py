"""Ids of people as they come in at the doors: an old id is taken for the one it leads to, everywhere alike."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator

from .regrouping.queries import living

#: In addresses and bodies. Looked up in the transaction and the sight of whoever asks.
PersonId = Annotated[UUID, AfterValidator(living)]
