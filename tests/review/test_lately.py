"""What was asked for lately is kept as far as there is room."""

from curation.review.lately import Lately


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    kept: Lately[str, str] = Lately(room=5, size=len)
    for name in ("aa", "bb", "aa", "cc", "aa", "bb"):
        assert kept.get(name, lambda name=name: make(name)) == name  # type: ignore[misc]  # bound now
    assert made == ["aa", "bb", "cc", "bb"]
    assert kept.get("much too long", lambda: make("much too long")) == "much too long"
    assert len(kept) == 1
    assert kept.get("much too long", lambda: make("again")) == "much too long"
