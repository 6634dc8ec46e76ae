"""What cases take from the outbox: their own steps, of which units are told."""

from linli.kernel.outbox.consumers import Consumer, declare

from .engine.act import STEP
from .telling.actions import tell_steps

declare(Consumer("cases.notices", (STEP,), tell_steps))
