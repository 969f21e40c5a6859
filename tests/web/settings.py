"""Settings of the tests: those of an installation, in a folder of its own, with quick passwords.

The database is SQLite unless DATABASE_URL says otherwise: `tools/check.py postgres` runs the same tests on PostgreSQL.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_room = tempfile.mkdtemp(prefix="fodfaeste-tests-")
atexit.register(shutil.rmtree, _room, ignore_errors=True)
os.environ["FODFAESTE_DATA"] = _room
os.environ["FODFAESTE_HOSTS"] = "testserver,localhost,127.0.0.1"

from fodfaeste.web.config.settings import *  # noqa: E402, F403
from fodfaeste.web.config.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Each test gives its connection back by closing it; a pool would keep the test database busy.
    DATABASES["default"]["OPTIONS"].pop("pool")
# Every client of a test would look through all style sheets and fonts first; each is looked for when it is asked for.
WHITENOISE_AUTOREFRESH = True
