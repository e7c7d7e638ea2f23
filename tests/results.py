"""An instance of every public class, with what it must print."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optimistix as optx
from cases import CHAIN, FAMILIES, LINE, PLANE, SKEWED

import genloop as gl
from genloop import (
    analysis,
    answers,
    certificates,
    language,
    laws,
    models,
    operators,
    stages,
    verification,
)
from genloop.answers.diagrams import (
    grids as drawn_grids,
    phases as drawn_phases,
    records as drawn_branches,
)
from genloop.answers.goals import Goal
from genloop.answers.thresholds import outcomes as of_outcomes
from genloop.loops import (
    contamination,
    curation,
    gaussian,
    kernel_density,
    memory,
    perturbed_flow,
    retraining,
    temperature,
    truncation,
)
from genloop.printing import Named
from genloop.verification import Verdict


def named(labels, probabilities):
    origin = models.Origin(tuple(labels), "words.txt", "0" * 64, 100)
    return gl.Categorical(jnp.asarray(probabilities), origin).as_read()


TOKENS = named(["the", "of", "\x1b[31m<b>"], [0.5, 0.3, 0.2])

CLASS = answers.RewardClass((1.0,), 1, ("yes",), 0.25, 0.5, 2.0)
GROUP = answers.GroupOfCurators(1.0, 0.2, 0.5, ("yes",), 0.25, 0.5)
CENTRED = gl.Parametric.of(
    lambda theta, x: -0.5 * (x - theta) ** 2, 0.5, models.Support.grid(-9.0, 9.0, 60)
)
ONE = jnp.array(1)
JACOBIAN = operators.DiagonalMinusRankOne(
    jnp.array([0.9, 0.7, 0.6]), jnp.array([0.5, 0.1, 0.1]), jnp.array([1.0, 0.8, 0.7])
)
FOUND = analysis.FixedPoint(
    TOKENS,
    jnp.array(3.2e-16),
    jnp.array(0.64271),
    jnp.array(4e-15),
    optx.RESULTS.successful,
    JACOBIAN,
)
MISSED = eqx.tree_at(
    lambda point: (point.residual, point.result),
    FOUND,
    (jnp.array(0.25), optx.RESULTS.nonlinear_max_steps_reached),
)
FOLD, FLIP = analysis.BifurcationKind.FOLD, analysis.BifurcationKind.FLIP
EVENTS = gl.continuation.Events(
    jnp.array([1, 0]),
    jnp.array([0.32742, 0.0]),
    jnp.ones((2, 3)),
    jnp.ones((2, 4)),
    jnp.array([0, 0]),
    jnp.array([1, 0]),
)
ROWS = jnp.linspace(0.1, 1.0, 4)
BRANCH = analysis.Branch(
    gl.Categorical.of(jnp.ones((4, 3))),
    ROWS,
    ROWS,
    jnp.array([1, 0, 0, 0]),
    jnp.ones((4, 4)),
    jnp.ones(4, bool),
    EVENTS,
    jnp.array(2),
    jnp.array([1, 3]),
    jnp.array(1.0),
    1,
)
POINT = analysis.Bifurcation(
    FLIP,
    SKEWED,
    jnp.array(0.32742),
    jnp.array(0.0),
    jnp.ones((3, 1)),
    jnp.ones((3, 1)),
    jnp.array(0.0),
    jnp.array(1e-15),
    jnp.array(True),
    2,
)
CURVE = analysis.BifurcationCurve(
    FOLD,
    gl.Categorical.of(jnp.ones((4, 3))),
    ROWS,
    ROWS,
    ROWS,
    ROWS,
    ROWS,
    jnp.ones(4, bool),
    analysis.continuation.curves.Degenerate(
        ONE[None], jnp.array([0.25]), jnp.array([0.5]), jnp.ones((1, 3))
    ),
    jnp.array([1, 1]),
)
VALUE = analysis.Threshold(0.152146, (0.1521, 0.1522), residual=2e-16)
ABSENT = analysis.Threshold.absent("no fold on\x1b[2J this branch", "does not apply")
INPUT = answers.RealOutcomes("my\x1b[2J.txt", 1234, "words", (), (), 17, 5.5)
TABLE = answers.RealTable("table.csv", 99, None, (), (), 2)
ENCLOSURE = certificates.Enclosure("0.25", "1e-21")
PROVED = certificates.Certificate(
    "the state is there", None, (ENCLOSURE,), ENCLOSURE, ENCLOSURE, True, {}
)
CONSTANTS = retraining.Constants(2.0, 1.0, 1.5, "exact for these outcomes", "exact")
REFITTED = answers.RetrainingPoint(0.5, -1.25, 1e-16, True, (0.75,), ABSENT)
SUFFICIENT = answers.SufficientCondition(CONSTANTS, 0.2857, 0.7778, False, None, 0.84)
WORKFLOW = memory.Workflow(12.5, 3.0, 0.01, 0.2, 0.3, 1.0, 0.9, 0.0)
BOUND = perturbed_flow.Bound("unique", "sharp", "HD-9", 0.3, 0.4286, 1.0, "one end")
CHECK = verification.Check("closed form", "the variance", Verdict.HOLDS, 1.5, 1.5, 1e-16, 1e-10)


def variance(claim, trial):
    """The variance after a generation."""


THEOREM = verification.Theorem(
    "XY-1",
    "author2026",
    "derived",
    ("two samples",),
    1.0,
    {"n for n - 1": 2.0, "1 % off": 3.0},
    variance,
)
ROW = verification.Row(THEOREM, (CHECK,), (), 0.5)
OUTCOME = answers.OutcomePoint({"the": 0.5}, 1.03, 2.8, 0.1, True, None, 0.64271, 3e-16)
MOMENTS = answers.GaussianMoments((0.5,), ((2.25,),))
CRITERION = answers.Criterion(3, "the risk grows", "yes", "exact", "it grows without bound")
LOSS = answers.TokenLoss("the\x1b[2J", 50, 0.5, {"0.5": 34.0}, {}, (0.25,))
STATISTIC = answers.Statistic((1.5, 1.25), (0.1, 0.1), (1.0,), (1.5,), (2.0,), (1.5,), None)
MEETS = {"tv": True}
HEALTHY = of_outcomes.HealthyEnd(
    0.8,
    0.3,
    True,
    True,
    None,
    0.64,
    1e-16,
    0.1,
    0.05,
    5.5,
    0.9,
    of_outcomes.Mode("the", 0.6, 0.5),
    MEETS,
)
THRESHOLDS = Named(local=VALUE, unique=ABSENT)
LOCAL = certificates.trace(lambda x: x * x, np.array([0.5]))
SMOKE = answers.SmokeSolve("three outcomes", 0.5, 0.5, 0.0, 1e-16, 0.75)
NORMAL = analysis.NormalForm(
    FLIP, 1, jnp.array(0.0), jnp.array(-1.75), jnp.array(1.0), jnp.array(0.5)
)
STATEMENT = answers.Statement(
    "author2026.variance",
    ("XY-1",),
    "author2026",
    "derived",
    "The variance",
    "It halves.",
    ("two samples",),
    "HOLDS",
    (),
    (answers.FalseNeighbour("n for n - 1", "REFUTED"),),
)
GAUSSIAN_MOMENTS = PLANE.moments()
SCHEDULED = gl.Accumulate(gl.Temper(0.8), samples=[10, 20], real=SKEWED, real_samples=5)

# Every public class: an instance and what it must print.
CASES = [
    (TOKENS, ["3 outcomes", "'the' 50 %", "'of' 30 %", "words.txt"]),
    (gl.Categorical.uniform(50_000), ["50,000 outcomes", "[2e-05, 2e-05, 2e-05, ..., 2e-05]"]),
    (LINE, ["1 dimension", "mean: 0.5", "variance: 2"]),
    (PLANE, ["2 dimensions", "[[2, 0.5], [0.5, 1]]"]),
    (CHAIN, ["3 outcomes", "[0.6, 0.3, 0.1]"]),
    (retraining.Curvatures(-np.eye(1), -2 * np.eye(1)), ["[[-1]]", "[[-2]]"]),
    (CONSTANTS, ["alpha: 2", "lipschitz: 1", "exact for these outcomes"]),
    (retraining.Distance(0.25, "exact"), ["0.25", "exact"]),
    (REFITTED, ["0.5", "-1.25", "0.75", "does not apply"]),
    (SUFFICIENT, ["0.7778", "0.84"]),
    (
        answers.Retraining(
            TABLE, 0.25, 3.0, 1.0, True, (REFITTED,), ABSENT, 0.75, SUFFICIENT, VALUE, VALUE
        ),
        ["(estimates)", "share of 0.25 real", "shrink to 0.75", "alpha 2", "w = 0.152146"],
    ),
    (FAMILIES["Poisson"], ["Poisson", "mean: 3"]),
    (FAMILIES["binomial"], ["Binomial of trials 10", "mean: 3"]),
    (FAMILIES["Bernoulli"], ["Bernoulli", "mean: 0.3"]),
    (FAMILIES["negative binomial"], ["NegativeBinomial of size 2.5", "mean: 3"]),
    (FAMILIES["geometric"], ["Geometric", "mean: 1.5"]),
    (FAMILIES["gamma"], ["Gamma of shape 2.5", "mean: 3"]),
    (FAMILIES["exponential"], ["Exponential", "mean: 0.7"]),
    (FAMILIES["normal"], ["Normal of variance 2", "mean: 0.5"]),
    (FAMILIES["Poisson"].moments().draw(10), ["Poisson: mean 3", "variance: [0.3]"]),
    (gl.Dataset.of(TOKENS, 100), ["Dataset of 100 points", "'the' 50 %"]),
    (models.History.of(LINE, generations=3, size=10), ["3 generations", "[10, 0, 0]"]),
    (TOKENS.read_from, ["words.txt", "100"]),
    (gl.Particles.of([0.5, 1.5], [1.0, 3.0]), ["2 points in 1", "[1.25]", "[[0.1875]]"]),
    (gl.Particles.of([0.5, 1.5]).moments(), ["[[0.25]]", "size: 2"]),
    (gl.Smooth("scott", shrink=True), ["Smooth('scott', shrink=True)"]),
    (gl.Points.of([0.5, 1.5], [1.0, 3.0]), ["of 2 points", "[0.5, 1.5]", "[0.25, 0.75]"]),
    (CENTRED, ["Parametric", "0.5", "Support of 60 points"]),
    (CENTRED.family, ["Family", "Support of 60 points"]),
    (CENTRED.family.support, ["60 points", "lowest: -8.99"]),
    (models.OwnSamples(lambda key, theta, n: theta, jr.key(0), 1000), ["1,000 points"]),
    (SKEWED.moments(), ["0.38", "[0.5, 0.3, 0.2]"]),
    (GAUSSIAN_MOMENTS, ["[[2, 0.5], [0.5, 1]]"]),
    (gl.Dataset.of(LINE, 100).moments(), ["size: 100"]),
    (models.History.of(LINE, generations=3, size=10).moments(), ["[10, 0, 0]"]),
    (models.Corpus.of(LINE, room=9), ["Corpus of 0 points with room for 9", "variance 2"]),
    (models.Corpus.of(LINE, room=9).moments(), ["size 0"]),
    (memory.subsampled_variance(2, samples=10), ["pool: 0.8775", "fit: 0.831316"]),
    (gaussian.growth_limit(10, 2.0), ["risk: 0.250689", "variance_spread: 0.390508"]),
    (memory.RationalProduct((1.0, -0.5), (1.0, 0.0)), ["1", "-0.5"]),
    (models.PairMoments.of(SKEWED.moments()), ["covariance: 0"]),
    (gl.Temper(0.8), ["Temper(0.8)"]),
    (gl.LinearReward(0.5), ["LinearReward", "slope: 0.5"]),
    (gl.QuadraticReward([0, 1], 2.0), ["QuadraticReward", "centre: [0, 1]", "width: 2"]),
    (
        models.GroupedRewards((gl.LinearReward(1.0), gl.LinearReward(-1.0))),
        ["GroupedRewards of 2 groups"],
    ),
    (
        curation.estimated_condensation(np.log(np.linspace(0.001, 0.999, 999)), 0.0),
        ["EstimatedCondensation", "samples: 999"],
    ),
    (gl.Rewards.of([0, 1, 1]), ["Rewards of 3 outcomes", "levels: [0, 1]"]),
    (models.GivenRewards.of([0, 1, 1]), ["GivenRewards", "different: 2"]),
    (CLASS, ["real_share: 0.25", "factor: 2"]),
    (GROUP, ["real_reward: 0.2", "kept_favourites: 0.5"]),
    (
        answers.Curation(1, (CLASS,), {"reward": GROUP}, 0.3, 1.38629, 0.75, 1.5),
        ["divergence: 0.3", "bound: 1.38629"],
    ),
    (gl.Tilt([0, 1, 1]), ["Tilt(Rewards of 3 outcomes)"]),
    (
        gl.loops.curation.curated_limit(SKEWED, [0, 1, 2], real_fraction=0.3),
        ["[0.171159, 0.135551, 0.69329]", "rate: 0.377515"],
    ),
    (
        gl.Choose([[0, 1], [1, 0]], among=4, shares=[0.3, 0.7]),
        ["Choose(Rewards of 2 outcomes for 2 groups, among=4, shares=[0.3, 0.7])"],
    ),
    (gl.Draw(12), ["Draw(12)"]),
    (gl.Unbias(12), ["Unbias(12)"]),
    (gl.Temper(0.8) >> gl.Mix(SKEWED, 0.3), ["Temper(0.8) >> Mix(Categorical of 3 outcomes, 0.3)"]),
    (gl.Mix(SKEWED, 0.3, samples=5), ["Mix(Categorical of 3 outcomes, 0.3, samples=5)"]),
    (gl.Refit(), ["Refit()"]),
    (
        gl.Blend(SKEWED, 0.5, samples=8),
        ["Blend(Categorical of 3 outcomes, 0.5, samples=8)"],
    ),
    (gl.Guide(1.5, gl.Temper(0.8)), ["Guide(1.5, Temper(0.8))"]),
    (gl.Diffuse(0.1), ["Diffuse(0.1)"]),
    (gl.Window(gl.Temper(0.8), samples=10, weights=(2, 1)), ["weights=[2, 1]"]),
    (gl.TopK(2, ties="all"), ["TopK(2, ties='all')"]),
    (gl.Nucleus(0.9), ["Nucleus(0.9)"]),
    (gl.MinP(0.1), ["MinP(0.1)"]),
    (stages.InTurn([gl.TopK(2), gl.MinP(0.1)]), ["InTurn([TopK(2), MinP(0.1)])"]),
    (gl.TemperatureFunction(lambda p: p / (1 + p)), ["TemperatureFunction(a function)"]),
    (gl.Renew(gl.Temper(0.8) >> gl.Draw(9), 0.2), ["Renew(Temper(0.8) >> Draw(9), 0.2)"]),
    (
        SCHEDULED,
        ["Accumulate(Temper(0.8), samples=[10, 20], real=Categorical of 3 outcomes"],
    ),
    (gl.Window(gl.Temper(0.8), samples=10), ["Window(Temper(0.8), samples=10)"]),
    (gl.Subsample(gl.Temper(0.8), samples=10), ["Subsample(Temper(0.8), samples=10)"]),
    (FOUND, ["stable", "'the' 50 %", "residual: 3e-16", "0.64271 +/- 4e-15", "[0.745549"]),
    (MISSED, ["not found", "residual of 2.5e-01"]),
    (BRANCH, ["4 fixed points", "0.1 to 1", "fold  at 0.32742  0 -> 1", "2 events had no room"]),
    (EVENTS, ["1 event", "fold", "0.32742"]),
    (POINT, ["flip at 0.32742", "period: 2", "residual: 1e-15"]),
    (CURVE, ["fold, 4 points", "0.1 to 1", "cusp", "0.25, 0.5"]),
    (NORMAL, ["subcritical flip", "cubic: -1.75"]),
    (analysis.Diagram([BRANCH], [POINT]), ["1 branch and 1 bifurcation", "flip", "0.32742"]),
    (
        analysis.Basins(np.array([0, 0, 1, -1]), np.array([0.1, 0.1])),
        ["2 attractors", "50 %", "undecided: 25 %"],
    ),
    (analysis.Passage(jnp.array(2.5), SKEWED, jnp.array(True)), ["time: 2.5", "reached: True"]),
    (analysis.Stability(jnp.array(0.75), jnp.array(1e-15)), ["stable", "0.75", "1e-15"]),
    (analysis.LyapunovExponent(jnp.array([-0.5, -0.25])), ["-0.375 +/- 0.1"]),
    (analysis.OrbitStatistics(ROWS, ROWS, 25), ["25", "[0.1, 0.4, 0.7, 1]"]),
    (gl.stochastic.diffusion_limit(gl.Draw(10), SKEWED), ["drift: a function", "covariance"]),
    (
        analysis.Fluctuations(ROWS, jnp.eye(4), jnp.eye(4), 4 * jnp.eye(4), ONE > 0, ONE < 0),
        ["stable", "one generation: [1, 1, 1, 1]", "long run: [2, 2, 2, 2]"],
    ),
    (VALUE, ["Threshold: 0.152146", "0.1521 to 0.1522", "residual: 2e-16"]),
    (ABSENT, ["does not apply", "no fold on"]),
    (THRESHOLDS, ["local: 0.152146", "unique: does not apply"]),
    (laws.Extinction(1000), ["samples: 1000"]),
    (laws.LogVariance(20), ["samples: 20"]),
    (laws.LogDeterminant(20, 5), ["dimension: 5"]),
    (laws.FirstPassage(20), ["level: 0.5"]),
    (laws.WishartProducts(20, 5), ["dimension: 5"]),
    (laws.TotalVariance(20), ["samples: 20"]),
    (laws.SeparatedMixture(20, 2), ["dimension: 2"]),
    (laws.PooledMoments(20, 5), ["real_samples: 5"]),
    (kernel_density.KernelMoments(20, 5, bandwidth=0.5), ["real_samples: 5", "bandwidth: 0.5"]),
    (kernel_density.reference_mixture(), ["weights: [0.4, 0.35, 0.25]"]),
    (kernel_density.Measured(0.5, 1e-15), ["value: 0.5", "error: 1e-15"]),
    (laws.QuadraticForm([1.0, 2.0], [0.0, 0.5]), ["weights", "shifts"]),
    (models.GaussianSquareMoments.of(gl.Gaussian.of(0.0, 1.0)), ["square_trace: 1"]),
    (
        gaussian.SquareRecursion.of(gl.Draw(20), gl.Gaussian.of(0.0, 1.0)),
        ["Gaussian", "source"],
    ),
    (laws.Metastable(150.0, np.array([0.5, 0.5])), ["lifetime: 150"]),
    (laws.SelectionMutation(0.5, 1.5, (0.5, 0.5)), ["selection: 0.5", "mutation: 1.5"]),
    (INPUT, ["1234", "17"]),
    (TABLE, ["table.csv", "dimensions: 2"]),
    (answers.RealData("x.csv", 5, None, (), ()), ["x.csv"]),
    (OUTCOME, ["the 0.5", "0.64271", "stable: True"]),
    (MOMENTS, ["mean: [0.5]", "2.25"]),
    (answers.TablePoint(MOMENTS, 0.9, True, None, 0.64271, 3e-16), ["0.64271", "0.9"]),
    (
        answers.FixedPoints(INPUT, "Temper(0.8) >> Mix(real, 0.3)", 0.8, 0.3, 5, (), (OUTCOME,)),
        ["Temper(0.8)", "0.3", "0.64271"],
    ),
    (answers.Rise(2.5, 1.75, float("inf")), ["2.5", "1.75", "back: inf"]),
    (answers.Amount(2.0, 100, 1.5, 1.25), ["1.5", "1.25", "100"]),
    (
        answers.synthetic_amount(gl.Categorical.uniform(3), generations=5, rate=0.5),
        ["generations: 5", "7.39"],
    ),
    (
        answers.KernelSimulation(
            TABLE, "Draw(9) >> Smooth(0.5)", *[None] * 4, 5, 7, 7, {}, "x", 31.0, None
        ),
        ["Draw(9) >> Smooth(0.5)", "merging: 31"],
    ),
    (
        answers.KernelPoint({"x": 2.25}, 0.9, 0.01, (0.64271, 0.5), 3e-16),
        ["2.25", "0.64271"],
    ),
    (
        answers.KernelFixedPoints(
            TABLE, "Draw(9) >> Smooth(0.5)", 0.9, 0.0, (), "the variance blows up"
        ),
        ["Draw(9) >> Smooth(0.5)", "the variance blows up"],
    ),
    (answers.Spending((3.0, 4.0), 7.0, 8.5), ["[3, 4]", "cost: 8.5"]),
    (answers.Limit("bounded", 0.75, 0.5, "PL-2", "it stays"), ["0.75", "it stays"]),
    (
        answers.Plan(
            INPUT,
            "Mix(real, a)",
            2,
            "infinite data",
            {"tv": 0.1},
            "every",
            "a",
            "a",
            True,
            None,
            {"a": (0.5, 0.25)},
            {"total_variation": (0.0, 0.1)},
            {"optimum": answers.Spending((0.5, 0.25), 0.75, 0.75)},
            None,
            None,
        ),
        ["cost, optimum: 0.75", "total_variation at the end: 0.1"],
    ),
    (language.Schedule.of("a", [0.5, 0.25]), ["0.25"]),
    (language.Scheduled.of("Mix(real, a)", {"a": "0.5/(t+1)"}), ["0.5", "Mix(real, a)"]),
    (contamination.PowerLaw(0.5, -1.0), ["0.5", "-1"]),
    (contamination.drawn(10), ["0.9", "0.1"]),
    (contamination.Limit(0.25, True), ["0.25", "True"]),
    (LOSS, ["34", "0.25"]),
    (
        answers.Extinctions(INPUT, 1.0, 100, 0.0, (10,), (LOSS,), (16.5,)),
        ["16.5", "lost [0.25]"],
    ),
    (CRITERION, ["yes", "exact", "grows without bound"]),
    (
        answers.Profile(INPUT, "Draw(20)", 100, 1000, 10.0, {"divergence": CRITERION}),
        ["Draw(20)", "grows without bound"],
    ),
    (answers.Bounds(INPUT, 0.8, (BOUND,)), ["0.8", "unique", "0.3"]),
    (BOUND, ["unique", "real_fraction: 0.3"]),
    (answers.CommonEnd(5.5, 0.1, 0.9, True, None), ["5.5", "multiplier: 0.9"]),
    (answers.CommonThresholds(VALUE, ABSENT), ["0.152146", "does not apply"]),
    (answers.Workflows(WORKFLOW, WORKFLOW, WORKFLOW), ["half_life 12.5"]),
    (
        answers.LevelLoss(0.5, {"0.5": 35.0}, (0.25,)),
        ["level: 0.5", "35", "0.25"],
    ),
    (
        answers.VarianceLosses(
            TABLE, 100, (10,), (answers.LevelLoss(0.5, {"0.5": 35.0}, (0.25,)),)
        ),
        ["table.csv", "samples: 100"],
    ),
    (
        answers.KeptTable(0.25, 0.5, 0.0, None, 7.0),
        ["variance: 0.25", "mean_error: 0.5", "half: 7"],
    ),
    (
        answers.TableAccumulation(
            TABLE, 0.8, 100, 5, 10, 50, {"replace": answers.KeptTable(0.25, 0.5, 0.0, None, 7.0)}
        ),
        ["table.csv", "generations: 50", "variance 0.25"],
    ),
    (
        answers.Accumulation(
            INPUT,
            0.8,
            0.3,
            100,
            100,
            5,
            50,
            0.1,
            answers.CommonEnd(5.5, 0.1, 0.9, True, None),
            answers.CommonThresholds(VALUE, ABSENT),
            "slow",
            answers.Workflows(*[WORKFLOW] * 3),
        ),
        ["temperature: 0.8", "half_life 12.5"],
    ),
    (
        answers.BranchDiagram(
            INPUT,
            "Temper(0.8) >> Mix(real, a)",
            "a",
            {"T": 0.8},
            (0.1, 1.0),
            "largest_probability",
            drawn_branches.Drawn(1, 1),
            (),
            (
                drawn_branches.Event(
                    "LP", "fold", "healthy", 0.32742, 0.6, "the", 0.0, True, 1, None, "ends"
                ),
            ),
        ),
        ["T 0.8", "0.32742"],
    ),
    (
        answers.LoopDiagram(
            INPUT,
            "TopK(2) >> Temper(T) >> Mix(real, a)",
            {"T": (0.8,), "a": (0.3,)},
            12,
            "total variation at most 0.1",
            {"none": 0.0, "one": 1.0, "several": 0.0},
            0.5,
            ((1,),),
            drawn_grids.LoopFields(((True,),), ((True,),), *[((0.5,),)] * 2, {}),
        ),
        ["TopK(2)", "one 1", "met: 0.5"],
    ),
    (
        answers.PhaseDiagram(
            INPUT,
            (0.8,),
            (0.3,),
            {"healthy": 1.0},
            (("healthy",),),
            drawn_phases.Fields(*[((0.5,),)] * 6),
            None,
        ),
        ["healthy 1", "0.8"],
    ),
    (
        answers.Installation({"jax": "0.10"}, ("cpu",), True, None, {}, SMOKE, True),
        ["jax 0.10", "healthy: True"],
    ),
    (SMOKE, ["expected: 0.5", "0.75"]),
    (answers.Replay("x.json", None, True, "it holds", None), ["x.json", "accepted: True"]),
    (answers.Replays((answers.Replay("x.json", None, True, "it holds", None),)), ["it holds"]),
    (STATISTIC, ["[1.5, 1.25]"]),
    (
        answers.Simulation(
            INPUT, "Draw(100)", 0.8, 100, None, 0.3, 2, 10, 10, {"entropy": STATISTIC}
        ),
        ["Draw(100)", "1.25"],
    ),
    (STATEMENT, ["XY-1", "HOLDS", "n for n - 1"]),
    (STATEMENT.mutants[0], ["REFUTED"]),
    (answers.Theory((STATEMENT,)), ["XY-1"]),
    (
        answers.OutcomeThresholds(
            INPUT,
            "Temper(0.8) >> Mix(real, a)",
            "a",
            0.8,
            {"tv": Goal(0.1, True)},
            "",
            THRESHOLDS | {"fidelity": VALUE},
            {},
            HEALTHY,
            None,
            None,
            None,
            0.3,
        ),
        ["0.152146", "goals met: True"],
    ),
    (
        operators.Normalised(*[jnp.array([0.5, 0.3, 0.2])] * 3),
        ["3 coordinates"],
    ),
    (
        answers.KernelThresholds(
            TABLE,
            "Draw(9) >> Smooth(0.5)",
            None,
            None,
            "above",
            {"variance": Goal(0.9, False)},
            {},
            {},
            None,
            None,
        ),
        ["Draw(9) >> Smooth(0.5)", "table.csv"],
    ),
    (
        answers.LoopThresholds(
            INPUT,
            "TopK(3) >> Mix(real, a)",
            "a",
            (0.0, 1.0),
            "above",
            12,
            {"tv": Goal(0.1, True)},
            THRESHOLDS | {"fidelity": VALUE},
            {},
            HEALTHY,
            0.3,
            (),
        ),
        ["TopK(3) >> Mix(real, a)", "0.152146", "goals met: True"],
    ),
    (
        analysis.Followed((0.9, 0.5), (FOUND, FOUND), (0.5, 0.49)),
        ["from 0.9 to 0.5", "lost between 0.49 and 0.5"],
    ),
    (
        answers.TableThresholds(
            TABLE, "Draw(100)", 0.8, 100, 5, {"tv": Goal(0.1, True)}, THRESHOLDS, {}, None, None
        ),
        ["table.csv", "0.152146"],
    ),
    (
        answers.TableStanding(TABLE, "Draw(100)", {"variance": Goal(0.9, False)}, None),
        ["table.csv", "Draw(100)"],
    ),
    (answers.Verification(verification.Report((ROW,), 7), {}), ["1 of 1", "XY-1"]),
    (ENCLOSURE, ["0.25", "+/-"]),
    (certificates.Interval("0.1", "0.2"), ["0.1", "0.2"]),
    (PROVED, ["PROVED", "the state is there", "0.25"]),
    (LOCAL, ["Program", "1 number"]),
    (certificates.read_map(lambda x: x * x, np.array([0.5])), ["size: 1", "0.5"]),
    (CHECK, ["HOLDS", "the variance"]),
    (THEOREM, ["XY-1", "The variance after a generation.", "1 % off"]),
    (ROW, ["HOLDS", "checks: 1"]),
    (verification.Report((ROW,), 7), ["1 of 1 theorems hold", "XY-1", "seed: 7"]),
    (
        verification.Refutation("Lemma 1", Verdict.REFUTED, "1 is above 0"),
        ["REFUTED", "Lemma 1", "1 is above 0"],
    ),
    (JACOBIAN, ["3 coordinates", "multipliers: [0.745549"]),
    (operators.Dense(jnp.array([[0.0, -2.0], [2.0, 0.0]])), ["[0+2j, 0-2j]"]),
    (
        operators.DiagonalPlusLowRank(jnp.array([2.0, 1.0]), jnp.zeros((2, 1)), jnp.zeros((2, 1))),
        ["[2, 1]"],
    ),
    (operators.ScaledIdentity(0.5, 2), ["[0.5, 0.5]"]),
    (operators.MatrixFree(lambda x: 2 * x, jnp.ones(3)), ["3 coordinates"]),
    (operators.UnstableCounts(ONE, ONE, ONE, ONE), ["above: 1"]),
    (operators.linear_coordinates(jnp.ones(2)), ["enter"]),
    (operators.flattened(jnp.ones(2))[1], ["shapes", "2"]),
    (WORKFLOW, ["half_life: 12.5"]),
    (
        memory.Comparison(
            TOKENS, 0.1, 0.9, True, None, VALUE, ABSENT, 50, 5, "slow", *[WORKFLOW] * 3
        ),
        ["multiplier: 0.9", "0.152146"],
    ),
    (retraining.LockIn(ENCLOSURE, ENCLOSURE, ENCLOSURE), ["weight: 0.25"]),
    (
        temperature.CertifiedPhase(np.ones((2, 2)), np.ones((2, 2)), np.array([1, 2]), {}),
        ["[1, 2]"],
    ),
    (temperature.ExactLoop.of(["5", "3"], "0.8"), ["0.8", "0.625"]),
    (temperature.Phase(TOKENS), ["'the' 50 %"]),
    (temperature.StableStateCount(SKEWED), ["3 outcomes"]),
    (
        temperature.StableStates(
            SKEWED, 0.5, 0.1, *(np.array([x]) for x in (0, 2, 0.3, 0.9, 0.5, 0.0, 1.0))
        ),
        ["2 stable states", "90 %", "0.5"],
    ),
    (
        truncation.TruncationPath(TOKENS, np.array([3, 2]), np.array([2.5, 1.5]), True),
        ["[3, 2]", "[2.5, 1.5]"],
    ),
    (
        truncation.TruncatedStates(np.array([1, 2]), np.array([0.5, 0.8]), np.array([0.0, 0.9])),
        ["[0, 0.9]"],
    ),
]
