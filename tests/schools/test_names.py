import pytest

from afterschool.schools.names import sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单鹏", "shan peng"), ("曾静", "zeng jing"), ("解宁", "xie ning"), ("仇国雅", "qiu guo ya"),
        ("查曦建", "zha xi jian"), ("区若", "ou ruo"), ("尉晨", "yu chen"), ("尉迟晨", "yu chi chen"),
        ("万强", "wan qiang"), ("万俟强", "mo qi qiang"), ("欧阳俊", "ou yang jun"), ("龚䶮", "gong yan"),
        ("张单", "zhang dan"), ("买买提·吐尔逊", "mai mai ti tu er xun"),
    ],
)  # fmt: skip
def test_surname_is_read_as_a_surname(name, key):
    assert sort_key(name) == key
