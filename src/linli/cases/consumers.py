"""What cases take from the outbox: their own steps, of which units are told, and what units ask of each other."""

from linli.kernel.outbox.consumers import Consumer, declare

from .cooperation import telling as cooperation
from .cooperation.steps import TOLD
from .engine.act import STEP
from .telling.actions import tell_steps

declare(Consumer("cases.notices", (STEP,), tell_steps))
declare(Consumer("cases.cooperation_notices", (TOLD,), cooperation.tell))
