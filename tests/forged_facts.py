"""Forged grounds: what was submitted, trained, asked and said. Objects and chain are hashed anew."""

from typing import Any

from tests.forged_money import paid_decision
from tests.forging import Forgery, Json, Register

FORGED = Register()
forge = FORGED.add


def paid_records(forged: Forgery) -> set[str]:
    return {
        one["record"]
        for line in forged.of("epoch.settled")
        for one in forged.told(line, "lines")[0]["records"]
        if one["pay"] != "0"
    }


def result_line(forged: Forgery, record: str) -> tuple[Json, int]:
    for line in forged.of("contribution.submitted"):
        for place, told in enumerate(forged.told(line, "result")):
            if told["record"] == record:
                return line, place
    raise AssertionError(record)


def change_result(forged: Forgery, **values: object) -> None:
    line, place = result_line(forged, min(paid_records(forged)))

    def edit(rows: list[Any]) -> None:
        rows[place] |= values

    forged.rewrite(line, "result", edit)


@forge
def weight(forged: Forgery) -> None:
    change_result(forged, weight=777_777)


@forge
def verdict(forged: Forgery) -> None:
    change_result(forged, verdict="review")


@forge
def content(forged: Forgery) -> None:
    """The copies that cay submitted first are copies no more."""
    line = next(one for one in forged.of("contribution.submitted", contributor="cay"))

    def edit(rows: list[Any]) -> None:
        for place, row in enumerate(rows[:5]):
            row |= {"content": f"{place:064x}", "verdict": "accept"}

    forged.rewrite(line, "result", edit)


@forge
def record_id(forged: Forgery) -> None:
    change_result(forged, record="0" * 32)


@forge
def fee(forged: Forgery) -> None:
    forged.of("inference.served")[0]["body"]["fee"] = "1000000000000000001"


@forge
def attributed_amount(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["rows"][0][1] += 1_000_000

    forged.rewrite(forged.of("inference.served")[1], "attribution", edit)


@forge
def attributed_row(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["rows"][0][0], told[0]["rows"][1][0] = told[0]["rows"][1][0], told[0]["rows"][0][0]

    forged.rewrite(forged.of("inference.served")[1], "attribution", edit)


@forge
def one_curator_alone(forged: Forgery) -> None:
    doubted = forged.of("record.doubted")[0]
    decided = next(line for line in forged.of("record.decided", record=doubted["body"]["record"], decision="reject"))
    decided["body"]["by"] = doubted["body"]["by"]


@forge
def nobody_doubted(forged: Forgery) -> None:
    """The first curator's word about another record, which nobody says anything more about."""
    forged.of("record.doubted")[0]["body"]["record"] = forged.of("record.appealed")[-1]["body"]["record"]


@forge
def relabelled_by_one_alone(forged: Forgery) -> None:
    relabelled = forged.of("record.decided", decision="relabel")[0]["body"]["record"]
    forged.lines.remove(forged.of("record.doubted", record=relabelled)[0])


@forge
def doubted_before_the_latest_word(forged: Forgery) -> None:
    """The first curator's word was about what another word settled since."""
    for doubt in forged.of("record.doubted"):
        at = forged.lines.index(doubt)
        said = [
            line for line in forged.of("record.decided", record=doubt["body"]["record"]) if line["seq"] < doubt["seq"]
        ]
        if said:
            forged.lines.pop(at)
            forged.lines.insert(forged.lines.index(said[-1]), doubt)
            return
    raise AssertionError("nobody doubted what was decided before")


def change_member(forged: Forgery, place: int, value: object) -> None:
    line = forged.of("model.trained", datanet="plots")[0]
    rows = {row[0] for row in forged.told(line, "records")} & paid_records(forged)

    def edit(told: list[Any]) -> None:
        next(row for row in told if row[0] in rows)[place] = value

    forged.rewrite(line, "records", edit)


@forge
def member_contributor(forged: Forgery) -> None:
    change_member(forged, 1, "eve")


@forge
def member_imported(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        for row in told:
            row[2] = False

    forged.rewrite(forged.of("model.trained", datanet="plots")[0], "records", edit)


@forge
def member_training(forged: Forgery) -> None:
    change_member(forged, 3, 0)


@forge
def member_novelty(forged: Forgery) -> None:
    change_member(forged, 4, 500_000)


@forge
def member_order(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0], told[1] = told[1], told[0]

    forged.rewrite(forged.of("model.trained", datanet="plots")[0], "records", edit)


@forge
def terms_of_fees(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["fees"] |= {"platform": 60_000, "data": 690_000}

    forged.rewrite(forged.of("model.trained")[0], "terms", edit)


@forge
def terms_of_vesting(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["vest_audits"] = 0

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def terms_of_the_penalty(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["penalty_payouts"] = 0

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def terms_of_the_prior(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["prior_bad"] += 1_000_000

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def terms_of_burning(forged: Forgery) -> None:
    def edit(told: list[Any]) -> None:
        told[0]["burn_epochs"] = 0

    for line in forged.of("model.trained"):
        forged.rewrite(line, "terms", edit)


@forge
def relabelled_and_paid(forged: Forgery) -> None:
    """The model that knows it by its wrong label would pay for it."""
    forged.of("record.decided", decision="relabel")[0]["body"]["decision"] = "accept"


@forge
def withdrawn_and_paid(forged: Forgery) -> None:
    forged.lines.remove(forged.of("record.withdrawn")[1])


@forge
def frame_of_a_draw(forged: Forgery) -> None:
    """Money that was drawn from before, where other money was not."""

    def edit(told: list[Any]) -> None:
        told[0]["epochs"] = [1]

    forged.rewrite(forged.of("audits.drawn")[1], "hits", edit)


@forge
def drawn_again_while_a_record_waits(forged: Forgery) -> None:
    last = forged.lines.index(forged.of("audits.drawn")[-1])
    while forged.lines[last - 1]["type"] != "audits.drawn":
        forged.lines.pop(last - 1)
        last -= 1


@forge
def order_of_lines(forged: Forgery) -> None:
    at = forged.lines.index(forged.of("inference.served")[0])
    forged.lines[at], forged.lines[at + 1] = forged.lines[at + 1], forged.lines[at]


@forge
def dropped_inference(forged: Forgery) -> None:
    forged.lines.remove(forged.of("inference.served")[0])


@forge
def dropped_decision(forged: Forgery) -> None:
    forged.lines.remove(paid_decision(forged, "reject"))


@forge
def dropped_audit(forged: Forgery) -> None:
    forged.lines.remove(next(line for line in forged.of("record.decided") if line["body"].get("drawn_ppm")))


@forge
def place_without_a_commitment(forged: Forgery) -> None:
    """Cay is given an earlier place than bea's commitment."""
    forged.of("contribution.submitted", contributor="cay")[0]["body"]["committed"] = 1
