"""代收餐费 on the sheet: a table of its own, of which nothing goes into the sums of the fee."""

from dataclasses import dataclass

from billing.models import FeeMonth, MealSettlement

from .suppression import FEW, FEWEST, is_few, told


def meals_of(fee_month: FeeMonth) -> dict[str, list[dict]]:
    """Nothing where nothing was collected."""
    settled = fee_month.meal_settlements.select_related("meal")
    return {"meals": [_row(one) for one in settled]} if settled else {}


def _row(one: MealSettlement) -> dict:
    """Of fewer than five children neither days nor what families paid is told: it would tell who was away."""
    few = is_few(one.heads)
    return {
        "label": one.meal.name,
        "supplier": one.meal.supplier,
        "price_fen": one.meal.price_fen,
        "heads": told(one.heads),
        "portions": None if few else one.portions,
        "charged_fen": None if few else one.charged_fen,
        "returned_fen": None if few else one.back_fen + one.shared_fen,
        "cost_fen": one.cost_fen,
        "borne_fen": one.borne_fen,
    }


@dataclass(frozen=True)
class MealRow:
    """A meal of the sheet as it is read; None: not told."""

    word: str
    supplier: str
    price_fen: int
    people: str
    charged_fen: int | None
    cost_fen: int
    returned_fen: int | None
    borne_fen: int


def meal_row(line: dict) -> MealRow:
    people = f"不足 {FEWEST} 人" if line["heads"] == FEW else f"{line['heads']} 人 · {line['portions']} 份"
    fens = {name: line[name] for name in ("price_fen", "charged_fen", "cost_fen", "returned_fen", "borne_fen")}
    return MealRow(line["label"], line["supplier"], people=people, **fens)
