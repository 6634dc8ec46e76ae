"""What a web process loads: the application, after it has tied its life to the server's."""

from __future__ import annotations

import os

from linli.kernel.embedded.processes import end_with
from linli.project.wsgi import application

# A killed server must not leave processes that hold its port.
end_with(os.getppid())

__all__ = ["application"]
