"""The one router that the parts of the API add their operations to."""

from ninja import Router

router = Router(tags=["intake"])
