"""The terms that a model's inferences are paid by, as the card says when it is trained: integers, frozen with it."""

from curation.datanet.card import Datanet
from curation.ledger.money_files import FeeShares, TermsFile
from curation.rewards.formula import MILLION


def terms_of(datanet: Datanet) -> TermsFile:
    """The terms of a card."""
    low, high = (round(bound * MILLION) for bound in datanet.policy.weight_ramp)
    return TermsFile(
        fees=FeeShares(**datanet.fees.model_dump()),
        weight_low=low,
        weight_high=high,
        prior_good=round(datanet.policy.prior_good * MILLION),
        prior_bad=round(datanet.policy.prior_bad * MILLION),
        **datanet.escrow.model_dump(),
    )
