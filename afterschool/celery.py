import gc
import os

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterschool.settings")

app = Celery("afterschool")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def beat_at_once(**kwargs: object) -> None:
    """The first heartbeat is not ten seconds late: a start is ready as soon as everybody is there."""
    app.send_task("jobs.heartbeat")


@worker_init.connect
def keep_what_is_loaded(**kwargs: object) -> None:
    """The program itself is never rubbish: looking through all of it again and again took a fifth of a month end."""
    gc.collect()
    gc.freeze()


@worker_ready.connect
def look_what_is_left(**kwargs: object) -> None:
    """A worker that takes the place of a dead one goes on with its work at once."""
    app.send_task("jobs.sweep")
