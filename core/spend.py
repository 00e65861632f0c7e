"""Budgets and what was spent of them. The one place where a limit is checked."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Spend:
    """What something cost to find out."""

    candidates: int = 0
    tokens: int = 0
    dollars: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(
            candidates=self.candidates + other.candidates,
            tokens=self.tokens + other.tokens,
            dollars=self.dollars + other.dollars,
            seconds=self.seconds + other.seconds,
        )


NOTHING = Spend()


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much a run may spend; None is no limit."""

    candidates: int | None = None
    tokens: int | None = None
    dollars: float | None = None
    seconds: float | None = None
    """Working time of the run: time in which it was interrupted does not count."""

    def limit_reached(self, spend: Spend) -> str | None:
        """The first limit that `spend` has reached, in words, or None."""
        limits = (
            (spend.candidates, self.candidates, "{:d} candidates tried of {:d}"),
            (spend.dollars, self.dollars, "{:.4f} dollars spent of {:.4f}"),
            (spend.tokens, self.tokens, "{:d} tokens used of {:d}"),
            (spend.seconds, self.seconds, "{:.0f} seconds worked of {:.0f}"),
        )
        for used, limit, words in limits:
            if limit is not None and used >= limit:
                return words.format(used, limit)
        return None

    def left(self, spend: Spend) -> "Budget":
        """What remains after `spend`; never below zero."""
        return Budget(
            candidates=None if self.candidates is None else max(0, self.candidates - spend.candidates),
            tokens=None if self.tokens is None else max(0, self.tokens - spend.tokens),
            dollars=None if self.dollars is None else max(0.0, self.dollars - spend.dollars),
            seconds=None if self.seconds is None else max(0.0, self.seconds - spend.seconds),
        )

    def replaced_by(self, other: "Budget") -> "Budget":
        """The limits of `other` where it has any, else these."""
        return Budget(
            candidates=self.candidates if other.candidates is None else other.candidates,
            tokens=self.tokens if other.tokens is None else other.tokens,
            dollars=self.dollars if other.dollars is None else other.dollars,
            seconds=self.seconds if other.seconds is None else other.seconds,
        )


NO_LIMITS = Budget()
