"""What the rules say: pure Python over one TOML file per policy. No Django, no clock, no tables."""

from afterschool.policy.loader import codes, load

__all__ = ["codes", "load"]
