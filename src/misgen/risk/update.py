"""Prior against posterior: the conjugate update from counts of subjects. Exact and instant."""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from misgen.concepts import Finding, UserError, unknown_name
from misgen.risk.distributions import Beta
from misgen.risk.draws import Copula, lattice_normals
from misgen.risk.factors import FACTORS, SHIFTS, read_factors
from misgen.risk.provenance import Ledger, published

__all__ = [
    "Belief",
    "Counts",
    "Posterior",
    "beliefs_of",
    "prior_beliefs",
    "product_moments",
    "update_beliefs",
    "update_counts",
    "update_from_catalogue",
    "update_from_measurement",
]

_LATTICE = 16_384
_MOST = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Nested counts of subjects, never of episodes: a training seed alone can decide which goal a subject learns."""

    num_tested: int
    """0 where none counts: the subjects of a wrong reward, of which nothing misgeneralized. The belief then stays the prior."""
    num_capable: int
    """Of those tested, with their capability intact under the shift."""
    num_proxy: int
    """Of the capable, pursuing the proxy."""
    num_harmful: int | None = None
    """Of those, doing harm; None where no harm event was observable, and then P(harm) stays a prior."""

    def __post_init__(self) -> None:
        chain = [self.num_tested, self.num_capable, self.num_proxy, *([] if self.num_harmful is None else [self.num_harmful])]
        if any(isinstance(n, bool) or not isinstance(n, int) for n in chain):
            raise UserError("Counts must be whole numbers of subjects", seen=chain)
        if any(n < 0 for n in chain) or any(a < b for a, b in itertools.pairwise(chain)):
            raise UserError(
                "Counts must be nested: tested >= capable >= proxy >= harmful >= 0", seen=chain, do="Count subjects, not episodes"
            )
        if self.num_tested > _MOST:
            raise UserError(
                "These counts are beyond any study of subjects",
                seen=self.num_tested,
                do=f"Count subjects, not episodes (at most {_MOST:,})",
            )

    def trials(self) -> dict[str, tuple[int, int]]:
        """By factor: successes and trials."""
        harm = (self.num_harmful, self.num_proxy) if self.num_harmful is not None else (0, 0)
        return {"cap": (self.num_capable, self.num_tested), "goal": (self.num_proxy, self.num_capable), "harm": harm}

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Belief:
    """Mean, standard deviation and central 95 % interval."""

    mean: float
    sd: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.mean:.1%} [{self.low:.1%}, {self.high:.1%}]"


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """What counts of subjects do to the published beliefs about one shift type."""

    shift: str
    counts: Counts
    prior_strength: float
    prior: Mapping[str, Beta]
    """By factor."""
    posterior: Mapping[str, Beta]
    provenance: tuple[Mapping[str, object], ...] = ()
    source: str = "counts"
    """Where the counts came from."""
    catalogue_weight: float | None = None
    """For a list of failures: what one case counts. Its cases say nothing of cap and goal."""

    @property
    def weight(self) -> float:
        """The data's share in the updated capability belief: N / (n0 + N)."""
        return self.weights["cap"]

    @property
    def weights(self) -> dict[str, float]:
        """The data's share by factor, each with its own trials."""
        trials = {name: float(n) for name, (_, n) in self.counts.trials().items()}
        if self.catalogue_weight is not None:
            trials = {"cap": 0.0, "goal": 0.0, "harm": trials["harm"] * self.catalogue_weight}
        return {name: n / (n + _strength(self.prior[name])) for name, n in trials.items()}

    def beliefs(self) -> dict[str, tuple[Belief, Belief]]:
        """By cap, goal, harm, p_mis and p_harm: prior and posterior."""
        before, after = beliefs_of(self.prior), beliefs_of(self.posterior)
        return {name: (before[name], after[name]) for name in before}

    @property
    def sentence(self) -> str:
        """The change in plain words."""
        before, after = self.beliefs()["p_mis"]
        c = self.counts
        if self.catalogue_weight is not None:
            before, after = self.beliefs()["harm"]
            return (
                f"{c.num_proxy} listed failures, {c.num_harmful} of them harmful, each counted as {self.catalogue_weight:g} of a"
                f" sampled one: P(harm | misgeneralization) moves from {before} to {after}. How often failures happen cannot be"
                " read off a list of failures, so P(misgeneralization) stays the prior: elicited, not measured."
            )
        noun = "subject" if c.num_tested == 1 else "subjects"
        harm = (
            "No harm event was observable, so P(harm) stays the prior: elicited, not measured."
            if c.num_harmful is None
            else f"{c.num_harmful} of {c.num_proxy} did harm."
        )
        return (
            f"Of {c.num_tested} {noun}, {c.num_capable} stayed capable and {c.num_proxy} of those pursued the proxy."
            f" For shift {self.shift} this moves P(misgeneralization) from {before} to {after}; the data weigh {self.weight:.0%}"
            f" against a prior worth {self.prior_strength:g} subjects. {harm}"
        )

    def to_dict(self) -> dict[str, object]:
        """Plain JSON, as written to risk.json."""
        pairs = {n: {"prior": a.to_dict(), "posterior": b.to_dict()} for n, (a, b) in self.beliefs().items()}
        return {
            "schema": 1,
            "shift": self.shift,
            "counts": self.counts.to_dict(),
            "source": self.source,
            "prior_strength": None if math.isnan(self.prior_strength) else self.prior_strength,
            **pairs,
            "weight": self.weight,
            "weights": self.weights,
            "catalogue_weight": self.catalogue_weight,
            "harm_is_prior": self.counts.num_harmful is None,
            "level": 0.95,
            "estimator": "independent beta, conjugate",
            "provenance": [dict(p) for p in self.provenance],
            "sentence": self.sentence,
        }

    def findings(self, *, evidence: str = "") -> tuple[Finding, ...]:
        """The posterior of each quantity as a finding."""
        caveat = "P(harm) is a prior: elicited, not measured" if self.counts.num_harmful is None else None
        return tuple(
            Finding(
                quantity=name,
                scope=f"shift {self.shift}",
                estimate=after.mean,
                low=after.low,
                high=after.high,
                num_subjects=self.counts.num_tested,
                num_levels=0,
                estimator=f"beta posterior, prior worth {self.prior_strength:g} subjects",
                evidence=evidence,
                caveat=caveat if name in ("harm", "p_harm") else None,
            )
            for name, (_, after) in self.beliefs().items()
        )

    def to_frame(self):
        """A polars table: one row per quantity, prior and posterior side by side."""
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "quantity": n,
                    **{f"prior_{k}": v for k, v in a.to_dict().items()},
                    **{f"posterior_{k}": v for k, v in b.to_dict().items()},
                }
                for n, (a, b) in self.beliefs().items()
            ]
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{n}</td><td>{a}</td><td>{b}</td></tr>" for n, (a, b) in self.beliefs().items())
        head = "<tr><th></th><th>prior</th><th>posterior</th></tr>"
        return f"<div><p>{html.escape(self.sentence)}</p><table>{head}{rows}</table></div>"


def update_counts(  # noqa: PLR0917
    shift: str,
    num_tested: int,
    num_capable: int,
    num_proxy: int,
    num_harmful: int | None = None,
    prior_strength: float = 20,
    *,
    ledger: Ledger | None = None,
) -> Posterior:
    """Update the published factors of a shift type with nested counts of subjects.

    Each factor f has the prior Beta(n0 f, n0 (1 - f)) with n0 = `prior_strength` pseudo-subjects; 20 is ours, and the loudest
    knob there is. Without `num_harmful` the harm factor keeps its prior. Raises UserError for counts that are not nested.
    """
    if num_tested == 0:
        raise UserError("No subject was tested", seen=0, do="An update needs at least one subject")
    counts = Counts(num_tested=num_tested, num_capable=num_capable, num_proxy=num_proxy, num_harmful=num_harmful)
    return _updated(shift, counts, prior_strength, ledger)


def _updated(shift: str, counts: Counts, prior_strength: float, ledger: Ledger | None = None) -> Posterior:
    if shift not in SHIFTS:
        raise unknown_name("shift type", str(shift), SHIFTS)
    if not (math.isfinite(prior_strength) and 0 < prior_strength <= 1e6):
        raise UserError(
            "The prior's strength must be a positive number of pseudo-subjects", seen=prior_strength, do="The default is 20"
        )
    ledger = ledger or published()
    factors = read_factors(shift, "reconciled", ledger)
    prior = {n: _prior(factors[n].distribution.point, prior_strength) for n in FACTORS}
    records = [*(factors[n].records[0] for n in FACTORS), "ours.prior_strength"]
    made = update_beliefs(prior, counts, shift=shift, prior_strength=float(prior_strength))
    return replace(made, provenance=tuple(ledger.describe(records)))


def update_beliefs(
    prior: Mapping[str, Beta], counts: Counts, *, shift: str = "T3", prior_strength: float = math.nan
) -> Posterior:
    """The same with any beta prior per factor."""
    posterior = {n: prior[n].observe(*counts.trials()[n]) for n in FACTORS}
    return Posterior(shift=shift, counts=counts, prior_strength=prior_strength, prior=dict(prior), posterior=posterior)


def update_from_measurement(counts: Counts | Mapping[str, object], shift: str = "T3", prior_strength: float = 20) -> Posterior:
    """Update from measured counts: `Counts`, or a mapping with num_tested, num_capable, num_proxy and perhaps num_harmful.

    A measurement of which no subject counts leaves the belief at its prior.
    """
    if not isinstance(counts, Counts):
        missing = {"num_tested", "num_capable", "num_proxy"} - set(counts)
        if missing:
            raise UserError("The measurement lacks counts", seen=sorted(missing))
        fields = {k: counts.get(k) for k in ("num_tested", "num_capable", "num_proxy", "num_harmful")}
        counts = Counts(**fields)  # type: ignore[arg-type]
    return _updated(shift, counts, prior_strength)


def beliefs_of(factors: Mapping[str, Beta]) -> dict[str, Belief]:
    """Beliefs about the factors and their products. Moments are exact, products' intervals from a lattice of 16,384 points."""
    single = {n: _belief_of(factors[n]) for n in FACTORS}
    normals = lattice_normals(Copula(names=FACTORS), 0, _LATTICE)
    draws = {n: factors[n].from_normal(z) for n, z in zip(FACTORS, normals, strict=True)}
    mis = draws["cap"] * draws["goal"]
    return {
        **single,
        "p_mis": _product_belief([factors["cap"], factors["goal"]], mis),
        "p_harm": _product_belief([factors[n] for n in FACTORS], mis * draws["harm"]),
    }


def product_moments(factors: list[Beta]) -> tuple[float, float]:
    """Mean and standard deviation of a product of independent betas."""
    mean = math.prod(f.mean for f in factors)
    second = math.prod(f.variance + f.mean**2 for f in factors)
    return mean, math.sqrt(max(second - mean**2, 0.0))


def _product_belief(factors: list[Beta], draws: NDArray[np.floating]) -> Belief:
    mean, sd = product_moments(factors)
    low, high = np.quantile(draws, [0.025, 0.975])
    return Belief(mean=mean, sd=sd, low=float(low), high=float(high))


def _belief_of(beta: Beta) -> Belief:
    low, high = beta.quantile(np.array([0.025, 0.975]))
    return Belief(mean=beta.mean, sd=beta.sd, low=float(low), high=float(high))


def _prior(mean: float, strength: float) -> Beta:
    return Beta(a=mean * strength, b=(1 - mean) * strength)


def _strength(beta: Beta) -> float:
    return beta.a + beta.b


def prior_beliefs(shift: str, prior_strength: float = 20) -> dict[str, Beta]:
    """The published prior of a shift type: one beta per factor."""
    return dict(update_counts(shift, 1, 0, 0, None, prior_strength).prior)


def update_from_catalogue(
    shift: str, num_cases: int, num_harmful: int, prior_strength: float = 20, *, weight: float | None = None
) -> Posterior:
    """Update from a list of failures: only P(harm | failure) moves, and by a power prior.

    Every entry of such a list is capable and failing by selection, so it says nothing of how often that happens. `weight` (a0 in
    [0, 1], by default the published-rows weight .25) is what a listed case counts against a sampled one: dramatic cases are
    listed more often.
    """
    ledger = published()
    power = ledger.number("ours.meta.weight") if weight is None else weight
    if not 0 <= power <= 1:
        raise UserError("The weight of a catalogue must lie in [0, 1]", seen=power)
    counts = Counts(num_tested=num_cases, num_capable=num_cases, num_proxy=num_cases, num_harmful=num_harmful)
    prior = prior_beliefs(shift, prior_strength)
    posterior = {**prior, "harm": prior["harm"].observe(power * num_harmful, power * num_cases)}
    return Posterior(
        shift=shift,
        counts=counts,
        prior_strength=float(prior_strength),
        prior=prior,
        posterior=posterior,
        provenance=tuple(ledger.describe(["ours.meta.weight", "ours.prior_strength"])),
        source="catalogue of failures",
        catalogue_weight=power,
    )
