"""Print one table of costs, every contender measured in the same run on one thread.

Usage: python benchmarks/run.py [--json FILE] [--baseline CHECKOUT] [GROUP ...]
"""

import argparse
import importlib
import json
import os
import platform

GROUPS = (
    "random_numbers",
    "gaussian_loop",
    "categorical_draw",
    "curation",
    "kernel_density",
    "phase_grid",
    "continuation",
    "certificates",
    "memory",
    "startup",
    "latency",
)
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def main() -> None:
    """Run the chosen groups and print their table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--json", metavar="FILE", help="also write the rows and the versions")
    parser.add_argument(
        "--baseline", metavar="CHECKOUT", help="an older checkout, measured beside in `latency`"
    )
    options = parser.parse_args()
    unknown = set(options.groups) - set(GROUPS)
    if unknown:
        parser.error(f"unknown group {min(unknown)}; choose from {', '.join(GROUPS)}")

    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    if options.baseline:
        os.environ["GENLOOP_BASELINE"] = options.baseline
    import jax
    import numpy
    from timing import markdown

    jax.config.update("jax_enable_x64", True)
    rows = []
    for group in options.groups or GROUPS:
        rows += importlib.import_module(group).rows()
    versions = {"python": platform.python_version(), "jax": jax.__version__}
    versions["numpy"] = numpy.__version__
    print(markdown(rows))
    print("\n" + ", ".join(f"{name} {version}" for name, version in versions.items()))
    if options.json:
        document = {"versions": versions, "rows": [row._asdict() for row in rows]}
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)


if __name__ == "__main__":
    main()
