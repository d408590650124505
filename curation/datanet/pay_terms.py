"""What a card says about money: how a fee is split, and when a payout is its contributor's for good."""

from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

_Millionths: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
_Count: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


class Fees(BaseModel):
    """How the fee of an inference is split, in millionths that sum to a million."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: _Millionths = 50_000
    model: _Millionths = 150_000
    stakers: _Millionths = 100_000
    data: _Millionths = 700_000

    @model_validator(mode="after")
    def _sum(self) -> Self:
        total = self.platform + self.model + self.stakers + self.data
        if total != 1_000_000:
            raise ValueError(f"the shares sum to {total}, 1000000 wanted")
        if self.data == 1_000_000:
            # Whoever pays for an inference and earns by it has to lose, or fees would be paid to oneself for free.
            raise ValueError("the data share takes the whole fee, less than 1000000 wanted")
        return self


class Escrow(BaseModel):
    """When money vests, and what a bad audit costs.

    Where one payout in twenty is audited, cheating pays until a bad audit costs about 21 of them: the record's own and
    `penalty_payouts` more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vest_epochs: _Count = 2
    vest_audits: _Count = 3
    penalty_payouts: _Count = 20
    import_audits: _Count = 10
    audit_budget: _Millionths = 20_000
    burn_epochs: _Count = 4
