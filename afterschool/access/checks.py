from collections.abc import Iterator

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver


def doors(patterns, prefix="", space="") -> Iterator[tuple[str, str, URLPattern]]:
    """Every route of the site: path, full name, pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from doors(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        else:
            yield prefix + str(pattern.pattern), f"{space}{pattern.name}", pattern


@register
def every_view_wears_a_mark(app_configs, **kwargs):
    return [
        Error(f"/{path} has neither @requires nor @public", id="access.E001")
        for path, _, pattern in doors(get_resolver().url_patterns)
        if not hasattr(pattern.callback, "access_mark")
    ]
