"""What the validation of the notebooks costs beside what it cannot do without: kernels, and the cells' own time."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from measure import line

FOLDER = Path(__file__).parents[1] / "notebooks"


def started(kernels: int) -> float:
    """Seconds to start and stop so many bare kernels, one after another."""
    from jupyter_client.manager import start_new_kernel

    begin = time.perf_counter()
    for _ in range(kernels):
        manager, client = start_new_kernel(kernel_name="python3")
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return time.perf_counter() - begin


def executed(path: Path) -> float:
    """Seconds that the cells of a notebook take, as its kernel reports them."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, record_timing=True, resources={"metadata": {"path": str(FOLDER)}}).execute()
    timed = [cell.metadata.execution for cell in notebook.cells if cell.cell_type == "code"]
    return sum(
        (
            datetime.fromisoformat(t["iopub.status.idle"]) - datetime.fromisoformat(t["iopub.status.busy"])
        ).total_seconds()
        for t in timed
    )


def measure() -> None:
    paths = sorted(FOLDER.glob("*.ipynb"))
    least = started(len(paths)) + sum(executed(path) for path in paths)
    begin = time.perf_counter()
    options = ["-q", "--nbval", "--nbval-current-env", "--notebook-guards", str(FOLDER)]
    subprocess.run([sys.executable, "-m", "pytest", *options], check=True, stdout=subprocess.DEVNULL, cwd=FOLDER.parent)
    taken = time.perf_counter() - begin
    print(f"  {len(paths)} notebooks: kernels and cells {least:.1f} s, validated in {taken:.1f} s")
    line("validation of the notebooks / bare kernels and cells", taken / least, "x", 1.5)
