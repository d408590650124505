"""From weights to money: models, attribution, the formula, escrow, audits, claims."""
