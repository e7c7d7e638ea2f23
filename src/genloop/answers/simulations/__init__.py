"""Many runs of a loop with finite samples, beside its theory."""

from collections.abc import Callable, Mapping

from ...arguments import check_at_least, checked
from ...errors import InputError
from ...language import Pipeline
from ...models import Categorical, Gaussian, Particles
from ..composed import ChosenLoop, PooledLoop, chosen, short_form, temperature_form
from ..real_data import check_real_data, described, real_points_of
from .answer import Simulation as Simulation
from .kernels import KernelSimulation as KernelSimulation, kernel_simulation
from .runs import Plan as Plan, Statistic as Statistic, loop_of, plan as plan, simulated


@checked
def simulation(
    real: Categorical | Gaussian | Particles,
    *,
    loop: str | Pipeline | None = None,
    values: Mapping[str, float] | None = None,
    temperature: float = 1.0,
    real_fraction: float | None = None,
    samples: int = 1000,
    real_samples: int | None = None,
    generations: int = 20,
    replicates: int = 200,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> Simulation:
    """Run a loop on these data with finite samples many times, beside its map and exact moments.

    A generation is `samples` points, a share `real_fraction` of them real (0 unless given); to
    those of a table `real_samples` are added, or that share of all to the nearest whole number.
    Or `loop` is any composition as text that draws samples, with `values` for its parameters.
    `progress` is told the per cent that are done. Raises `ValueError` for both ways to say how many
    real points a table has, and for `real_samples` of outcomes.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.simulation(real, samples=50).statistics["effective_vocabulary"].mean
    ```
    """
    table = isinstance(real, Gaussian)
    check_real_data(real)
    check_at_least("generations", generations, 1)
    check_at_least("replicates", replicates, 2)
    if loop is not None:
        asked = chosen(loop, real, values=values, findable=False, seed=seed)
        return _composed(asked, generations, replicates, progress)
    if real_samples is not None and not table:
        raise ValueError("real_samples are those of a table; give a real_fraction of outcomes.")
    fresh = real_points_of(samples, real_samples, real_fraction) if table else 0
    share = fresh / (samples + fresh) if table else real_fraction or 0.0
    sizes = {"generations": generations, "replicates": replicates}
    statistics = simulated(
        loop_of(real, temperature, share, samples, fresh),
        real,
        **sizes,
        seed=seed,
        points=samples + fresh if table else None,
        progress=progress,
    )
    known = temperature, samples
    return Simulation(
        described(real),
        PooledLoop(*known, fresh).text
        if table
        else short_form(temperature, share, samples=samples),
        temperature,
        samples,
        fresh if table else None,
        share,
        **sizes,
        quantile_runs=plan(real, **sizes).kept,
        statistics=statistics,
        model=real,
    )


def _composed(asked: ChosenLoop, generations: int, replicates: int, progress) -> Simulation:
    stage, real = asked.stage(), asked.real
    if not stage.draws:
        raise InputError(
            "E140",
            f"{asked.text} draws no samples, so that every run is the same; add >> Draw(1000), or "
            "ask genloop fixed-points for its ends.",
        )
    if isinstance(real, Particles):
        sizes = {"generations": generations, "replicates": replicates}
        return kernel_simulation(asked, **sizes, progress=progress)
    start, sizes = stage.begin(real), {"generations": generations, "replicates": replicates}
    statistics = simulated(
        stage, real, **sizes, seed=asked.seed, points=None, start=start, progress=progress
    )
    form = temperature_form(asked) if isinstance(real, Categorical) else None
    known = (None,) * 4
    if form is not None and form.samples is not None:
        known = form.temperature, form.samples, None, form.real_fraction
    return Simulation(
        described(real),
        asked.text,
        *known,
        **sizes,
        quantile_runs=plan(real, **sizes, start=start).kept,
        statistics=statistics,
        model=real,
        rewards=asked.rewards,
    )
