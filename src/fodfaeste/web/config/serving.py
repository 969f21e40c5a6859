"""How the server treats connections on which nothing is asked yet: read by gunicorn as its configuration.

A browser opens connections that it may use later. The server would have a process wait five seconds on each, for
others too; a tenth of a second, and it looks after them beside its work.
"""

from gunicorn.workers import gthread

IDLE_SECONDS = 0.1
gthread.DEFAULT_WORKER_DATA_TIMEOUT = IDLE_SECONDS
