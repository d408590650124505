"""Forged amounts: what epochs, draws and decisions say they came to. Objects and chain are hashed anew."""

from collections.abc import Callable
from typing import Any

from tests.forging import Forgery, Json, Register

FORGED = Register()
forge = FORGED.add


def change_epoch(forged: Forgery, change: Callable[[Json], None]) -> None:
    def edit(told: list[Any]) -> None:
        change(told[0])

    forged.rewrite(forged.of("epoch.settled")[1], "lines", edit)


def first(told: Json, what: str) -> Json:
    return next(one for one in told["moves"] if one["what"] == what)


@forge
def credited_amount(forged: Forgery) -> None:
    """One unit more, taken from the reserve, in moves, pay and sums alike."""

    def change(told: Json) -> None:
        credit, keep = first(told, "credit"), first(told, "keep")
        credit["units"], keep["units"] = str(int(credit["units"]) + 1), str(int(keep["units"]) - 1)
        one = next(one for one in told["records"] if one["record"] == credit["record"])
        one["pay"] = credit["units"]
        told["inferences"][0]["paid"] = str(int(told["inferences"][0]["paid"]) + 1)

    change_epoch(forged, change)


@forge
def credited_person(forged: Forgery) -> None:
    def change(told: Json) -> None:
        credit = first(told, "credit")
        credit["target"] = "escrow:eve" if credit["target"] != "escrow:eve" else "escrow:dan"

    change_epoch(forged, change)


@forge
def settled_weight(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["records"][0]["weight"] = 123_456

    change_epoch(forged, change)


@forge
def vested_too_early(forged: Forgery) -> None:
    def change(told: Json) -> None:
        credit = first(told, "credit")
        who = credit["target"].removeprefix("escrow:")
        told["moves"].append(credit | {"what": "vest", "source": credit["target"], "target": f"vested:{who}"})

    change_epoch(forged, change)


@forge
def not_vested(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["moves"].remove(first(told, "vest"))

    change_epoch(forged, change)


@forge
def moves_in_another_order(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["moves"][-1], told["moves"][-2] = told["moves"][-2], told["moves"][-1]

    change_epoch(forged, change)


@forge
def settled_through(forged: Forgery) -> None:
    line = forged.of("epoch.settled")[1]
    line["body"]["through"] -= 1

    def change(told: Json) -> None:
        told["through"] -= 1

    change_epoch(forged, change)


def change_draw(forged: Forgery, change: Callable[[Json], None]) -> None:
    def edit(told: list[Any]) -> None:
        change(told[0])

    forged.rewrite(forged.of("audits.drawn")[0], "hits", edit)


@forge
def hit_record(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["hits"][0]["record"] = next(
            one["record"] for one in told["records"] if one["record"] != told["hits"][0]["record"]
        )

    change_draw(forged, change)


@forge
def hit_epoch(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["hits"][0]["epoch"] += 1

    change_draw(forged, change)


@forge
def probability(forged: Forgery) -> None:
    def change(told: Json) -> None:
        told["records"][0]["probability"] -= 1

    change_draw(forged, change)


@forge
def beacon(forged: Forgery) -> None:
    forged.of("audits.drawn")[0]["body"]["beacon"] = "12" * 16


@forge
def commitment(forged: Forgery) -> None:
    forged.of("audits.drawn")[0]["body"]["commitment"] = "1" * 64


def paid_decision(forged: Forgery, decision: str) -> Json:
    """A decision that moved money."""
    return next(line for line in forged.of("record.decided", decision=decision) if line["body"].get("moves"))


@forge
def decision_turned(forged: Forgery) -> None:
    paid_decision(forged, "reject")["body"]["decision"] = "accept"


@forge
def decision_without_its_moves(forged: Forgery) -> None:
    del paid_decision(forged, "reject")["body"]["moves"]


@forge
def decision_moved_less(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["moves"][0]["units"] = str(int(told[0]["moves"][0]["units"]) - 1)

    forged.rewrite(paid_decision(forged, "reject"), "moves", edit)


@forge
def decision_no_audit(forged: Forgery) -> None:
    del next(
        line
        for line in forged.of("record.decided", decision="reject")
        if line["body"].get("moves") and line["body"].get("drawn_ppm")
    )["body"]["drawn_ppm"]
