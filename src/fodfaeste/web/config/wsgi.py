"""The door for servers: ``gunicorn fodfaeste.web.config.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fodfaeste.web.config.settings")
application = get_wsgi_application()
