"""The played money shows every case that the page of the format tells of: else nothing that rests on it is tested."""

import json

from tests import money_world
from tests.published import Played


def test_everything_that_moves_money_happened(played_money: Played) -> None:
    forged = played_money.forgery()
    kinds = {line["type"] for line in forged.lines}
    assert {"contents.committed", "record.doubted", "record.appealed", "record.withdrawn", "audits.drawn"} <= kinds
    moved = {move["what"] for line in forged.of("epoch.settled") for move in forged.told(line, "lines")[0]["moves"]}
    decided = [line for line in forged.of("record.decided") if line["body"].get("moves")]
    moved |= {move["what"] for line in decided for move in forged.told(line, "moves")[0]["moves"]}
    assert moved == {
        *("fee", "credit", "keep", "audit", "burn", "vest"),
        *("forfeit", "penalty", "reverse", "correct"),
    }
    partners = [row[5] for line in forged.of("model.trained") for row in forged.told(line, "records")]
    assert max(partners) >= 0


def test_no_word_pays_whoever_said_it(played_money: Played) -> None:
    """What curators are paid is not the engine's: whatever they say, no unit moves to or from them."""
    forged = played_money.forgery()
    of_words = [forged.told(line, "moves")[0] for line in forged.of("record.decided") if line["body"].get("moves")]
    of_epochs = [forged.told(line, "lines")[0] for line in forged.of("epoch.settled")]
    accounts = {move[end] for told in (*of_words, *of_epochs) for move in told["moves"] for end in ("source", "target")}
    words = [*forged.of("record.decided"), *forged.of("record.doubted")]
    assert {line["body"].get("decision", "doubt") for line in words} == {"accept", "reject", "relabel", "doubt"}
    curators = {line["body"]["by"] for line in words}
    assert curators.isdisjoint(one.partition(":")[2] for one in accounts)
    owned = {one.partition(":")[2] for one in accounts if one.startswith(("escrow:", "vested:"))}
    assert owned <= {line["body"]["contributor"] for line in forged.of("contribution.submitted")}
    assert {one for one in accounts if ":" not in one} == {
        *("fee", "platform", "stakers", "data-pool"),
        *("reserve", "audit", "burned", "forfeited"),
    }
    # What is set aside for audits follows from an epoch's fees, and from no word.
    assert "audit" not in {move["what"] for told in of_words for move in told["moves"]}


def test_every_case_of_the_page_happened(played_money: Played) -> None:
    forged = played_money.forgery()
    epochs = [forged.told(line, "lines")[0] for line in forged.of("epoch.settled")]
    inspected = {
        row["record"]: row for line in forged.of("contribution.submitted") for row in forged.told(line, "result")
    }
    decided = {line["body"]["record"] for line in forged.of("record.decided")}
    paid = {one["record"]: one["weight"] for told in epochs for one in told["records"]}
    free = [record for record in paid if record not in decided]
    assert any(0 < paid[record] < inspected[record]["weight"] for record in free), "a rate below a weight"

    relabelled = forged.of("record.decided", decision="relabel")
    assert relabelled
    assert all("moves" not in line["body"] for line in relabelled)
    assert {line["body"]["record"] for line in forged.of("record.doubted")} & {
        line["body"]["record"] for line in relabelled
    }
    assert any(paid[line["body"]["record"]] == 0 for line in relabelled), "known by its wrong label"

    gone = {line["body"]["record"]: line["seq"] for line in forged.of("record.withdrawn")}
    vested = [(line["seq"], one) for line, told in zip(forged.of("epoch.settled"), epochs, strict=True)
              for one in told["moves"] if one["what"] == "vest"]  # fmt: skip
    assert any(one["record"] in gone and seq > gone[one["record"]] for seq, one in vested)

    bad = [line["body"]["record"] for line in forged.of("record.decided", decision="reject")]
    assert any(inspected[record]["verdict"] == "reject" for record in bad), "an audit of a copy counts for nobody"
    claims = json.loads((played_money.export / "claims.json").read_bytes())
    addresses = {one["value"][0].lower() for one in claims["values"]}
    assert {money_world.ADDRESSES["bea"], money_world.LATER_ADDRESS} <= addresses, "what vested stays where it went"
