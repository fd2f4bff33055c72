"""A preview, laid out for the page."""

from itertools import groupby
from operator import itemgetter

from .sheet import REFUSE

# So many lacking, and the sheet is most likely of some grades only.
MANY_LACK = 10  # per cent


def shown(preview: dict) -> dict:
    if "new" not in preview:
        return {"error": preview.get("error", "")}
    changed, moved, left = preview["changed"], preview["moved"], preview["left"]
    children = sorted(preview["new"], key=lambda child: (child["place"], child["number"]))
    known = preview["same"] + len({child["number"] for child in [*changed, *moved]}) + len(left)
    refused = [odd for odd in preview["odd"] if odd["weight"] == REFUSE]
    return {
        "figures": [
            ("新增", len(preview["new"])),
            ("信息有变", len(changed)),
            ("换班", len(moved)),
            ("没有变化", preview["same"]),
            ("表里没有", len(left)),
            ("没有导入的行", len(refused)),
        ],
        "refused": refused,
        "said": [odd for odd in preview["odd"] if odd["weight"] != REFUSE],
        "new_classes": [(name, list(those)) for name, those in groupby(children, key=itemgetter("school_class"))],
        "changed": changed,
        "moved": moved,
        "left": left,
        "many_lack": len(left) * 100 > known * MANY_LACK,
        "writes": bool(preview["new"] or changed or moved),
        "school_year": preview["school_year"],
    }
