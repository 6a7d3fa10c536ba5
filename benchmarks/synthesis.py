"""Meta-analyses beside metafor, on the same figures in the same run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from measure import best, line

from ketevidence.synthesis import gosh, leave_one_out, pool_many

# BCG vaccine against tuberculosis, 13 trials: vaccinated with tuberculosis and without, controls with and without.
# Colditz and others (1994), JAMA 271:698-702, as in dat.bcg of the R package metadat 1.2-0.
TRIALS = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]
MANY, SOME = 10_000, 300
FASTER = {"gosh": 100, "fit": 200}
STORED = {"gosh": 33.0, "fit": 0.0065}  # seconds of metafor 3.8.1 on R 4.2.2, measured once on two cores
METAFOR = """
suppressMessages(library(metafor))
seconds <- function(action) { start <- proc.time()[["elapsed"]]; action(); proc.time()[["elapsed"]] - start }
figures <- as.matrix(read.csv("figures.csv", header = FALSE))
y <- figures[seq(1, nrow(figures), 2), ]
v <- figures[seq(2, nrow(figures), 2), ]
fits <- nrow(y) - 1
estimates <- numeric(fits)
each <- seconds(function() for (i in 1:fits) {
  estimates[i] <<- rma.uni(y[i + 1, ], v[i + 1, ], method = "REML", test = "adhoc")$beta[1]
}) / fits
all <- rma.uni(y[1, ], v[1, ], method = "REML")
whole <- seconds(function() subsets <<- gosh(all, progbar = FALSE, parallel = "no")$res)
several <- subsets[subsets$k > 1, ]
cat(whole, each, nrow(several), mean(several$estimate, na.rm = TRUE), mean(estimates))
"""


def bcg() -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios and their variances."""
    a, b, c, d = np.array(TRIALS, float).T
    return np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def separate() -> tuple[np.ndarray, np.ndarray]:
    """Many meta-analyses of 13 studies, one a row; so heterogeneous that metafor converges, too."""
    random = np.random.default_rng(13)
    variances = random.uniform(0.02, 0.3, (MANY, len(TRIALS)))
    return random.normal(-0.5, np.sqrt(variances + 0.3)), variances


def metafor(effects: np.ndarray, variances: np.ndarray) -> list[float] | None:
    """Seconds of its gosh of the first row and of a fit of each other row; subsets; means of both. None without it."""
    if not shutil.which("Rscript"):
        return None
    if subprocess.run(["Rscript", "-e", "loadNamespace('metafor')"], capture_output=True).returncode:
        return None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "measure.R").write_text(METAFOR)
        rows = np.stack([effects, variances], axis=1).reshape(-1, effects.shape[1])
        np.savetxt(Path(folder) / "figures.csv", rows, fmt="%.17g", delimiter=",")
        run = subprocess.run(["Rscript", "measure.R"], cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return [float(number) for number in run.stdout.split()]


def same(what: str, ours: float, theirs: float) -> None:
    """Stop unless both did the same work; metafor's search does not converge in 2 of the 8,178 subsets."""
    if abs(ours - theirs) > 1e-3:
        raise SystemExit(f"{what}: ours {ours:.6f}, metafor {theirs:.6f}")


def measure() -> None:
    """Print every line about synthesis."""
    (y, v), (ys, vs) = bcg(), separate()
    line("leave-one-out of 13 studies", 1_000 * best(lambda: leave_one_out(y, v), 9), "ms", 20)
    ours = {
        "gosh": best(lambda: gosh(y, v), 5),
        "fit": best(lambda: pool_many(ys, vs), 5) / MANY,
    }
    what = {
        "gosh": "gosh of the 13 BCG trials",
        "fit": f"a fit of pool_many, {MANY:,} meta-analyses of 13",
    }
    found = metafor(np.vstack([y, ys[:SOME]]), np.vstack([v, vs[:SOME]]))
    if found is None:
        print("  Rscript or metafor is missing: ratios not measured; bounds from metafor's stored times")
        for name, seconds in STORED.items():
            line(what[name], 1e6 * ours[name], "µs", 1e6 * seconds / FASTER[name])
        return
    subsets = gosh(y, v)
    same("subsets", len(subsets.k), found[2])
    same("mean of the subsets", subsets.estimate.mean(), found[3])
    same("mean of the fits", pool_many(ys[:SOME], vs[:SOME]).estimate.mean(), found[4])
    for name, seconds in zip(ours, found):
        print(f"  {what[name]}: ours {1_000 * ours[name]:,.3f} ms, metafor {1_000 * seconds:,.3f} ms")
        line(f"metafor / ours, {what[name]}", seconds / ours[name], "x", FASTER[name], at_least=True)
