"""The nine records of D五(二)5, in the order in which they are filed."""

from .books import Books
from .departures import departures
from .record import Record
from .rolls import attendance
from .roster import roster
from .safety import gate_book, safety
from .staff import contents, hours, on_post, patrols

NINE = (roster, attendance, departures, hours, contents, on_post, patrols, gate_book, safety)


def nine_records(books: Books) -> list[Record]:
    return [record(books) for record in NINE]
