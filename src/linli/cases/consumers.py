"""What cases take from the outbox: their own steps, of which units are told, what units ask of each other, and the end of a unit."""

from linli.access.actions.ending import ENDED
from linli.kernel.outbox.consumers import Consumer, declare

from .cooperation import telling as cooperation
from .cooperation.steps import TOLD
from .engine.act import STEP
from .telling.actions import tell_steps
from .telling.units import tell_ends

declare(Consumer("cases.notices", (STEP,), tell_steps))
declare(Consumer("cases.cooperation_notices", (TOLD,), cooperation.tell))
declare(Consumer("cases.unit_ends", (ENDED,), tell_ends))
