"""gunicorn for the call desk: ``gunicorn -c gunicorn.conf.py 'example_app:create_app()'``."""

import os
import signal
import threading

bind = "127.0.0.1:8000"  # for nginx alone
workers = 2
worker_class = "gthread"

# A stream of captions keeps a thread until it ends: give webhooks and pages some of their own.
threads = int(os.environ.get("FLASK_SIGNALWIRE_CAPTIONS_LISTENERS", "100")) + 32

# Longer than nginx keeps idle connections, so that it is nginx who ends them.
keepalive = 75
# Of a worker that says nothing at all. A command takes SIGNALWIRE_DEADLINE, 25 seconds, at most,
# and has a thread of its own, which is not cut short.
timeout = 60
# What requests that are under way get, when a worker has to end. More than SIGNALWIRE_DEADLINE:
# half a command is nobody's wish.
graceful_timeout = 30
# No file on a disk that may be slow: a worker that can't touch it is taken for dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108  # not for a secret

# Each worker loads the app for itself. So a reload (HUP) brings new code, while the old workers
# finish. With True they share the memory of what was loaded before the fork, and only a restart
# brings new code; the app and its plugins are made for both.
preload_app = False

# Not the whole line "%(r)s", nor the referrer "%(f)s": tokens are in queries. The address is the
# one that nginx saw.
accesslog = "-"
access_log_format = '%({x-forwarded-for}i)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s %(M)sms %(p)s'
# Of releases that have one: nobody controls this server but its parent.
control_socket_disable = True


def post_worker_init(worker):
    """Load what the first call would wait for. End the streams of a worker that has to end: they
    would last for its whole time of grace. Browsers connect to another one, and miss nothing.
    """
    worker.wsgi.signalwire.warm_up()

    def end(number, frame):
        captions = worker.wsgi.signalwire.plugins.get("captions")
        if captions is not None:  # in a thread: a signal may come while a lock is held
            threading.Thread(target=captions.end_streams).start()
        usual(number, frame)

    usual = signal.signal(signal.SIGTERM, end)
