"""The WSGI application."""

import os

from linli.kernel import wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
application = wsgi.application()
