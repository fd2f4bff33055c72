"""What a guardian agrees to when a meal is ordered: a few sentences, kept word for word with the consent."""

import hashlib
import json

from afterschool.money import Money
from afterschool.templatetags.words import weekdays
from billing.models import Meal


def sentences_of(meal: Meal) -> list[str]:
    return [
        f"{meal.school}替{meal.supplier}（食品经营许可证 {meal.licence}）代收{meal.name}的餐费：每天 {Money(meal.price_fen)} 元，"
        f"{weekdays(meal.weekdays)}供餐。",
        "订不订餐由您决定，和课后服务协议没有关系，不订餐不影响孩子参加课后服务。",
        "餐费和课后服务费分开交、分开记账：交的餐费只付餐费，学校不从中提留。",
        f"{meal.leave_said}请了假的，当天不收餐费；过了时间已经备餐，照收。学校不上课、不开展服务的日子不收。",
        "随时可以停餐，从下一个供餐日起不再收。",
        "每月按供餐单位的结算单据实结清：多出的退给付款人，不够的由学校承担，不向家长补收。",
    ]


def sha256_of(sentences: list[str]) -> str:
    return hashlib.sha256(json.dumps(sentences, ensure_ascii=False).encode()).hexdigest()
