"""Every test that the page on safeguards names is there, so that no safeguard is only a promise."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "explanation" / "placement-safeguards.md").read_text(encoding="utf-8")
NAMED = [
    (file, name)
    for file, names in re.findall(r"`(tests/[\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)", PAGE)
    for name in re.findall(r"`(test_\w+)`", names)
]


def test_the_page_names_a_test_for_each_safeguard():
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \*\*\d+\.", line)]
    library, desk = [3, 4, 5, 6, 7, 8, 11, 12, 13, 14], list(range(1, 18))
    assert [int(re.findall(r"\d+", row)[0]) for row in rows] == [*library, *desk]
    assert all("tests/" in row for row in rows)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_the_page_names_is_there(file, name):
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
