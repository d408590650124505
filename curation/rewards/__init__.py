"""From weights to money: training, attribution, the formula, settlement, audits' draws, escrow and claims."""
