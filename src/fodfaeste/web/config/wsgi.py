"""The door for servers: ``gunicorn fodfaeste.web.config.wsgi``."""

import atexit
import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fodfaeste.web.config.settings")
application = get_wsgi_application()
# What has been loaded stays: nobody has to look through it for garbage, request after request.
gc.collect()
gc.freeze()
atexit.register(gc.unfreeze)
