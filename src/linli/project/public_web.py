"""What a process of the public doors loads: their application, with settings of its own."""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "linli.project.public_settings"

from linli.kernel import wsgi
from linli.kernel.embedded.processes import end_with

end_with(os.getppid())
application = wsgi.application()
