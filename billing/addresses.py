"""How months stand in addresses."""

from datetime import date


class MonthConverter:
    """2026-10 in an address, the first of the month in Python."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"
