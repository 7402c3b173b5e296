"""Benchmarks and studies: what the estimators cost beside their peers, and how often they are wrong."""

import os

# One thread for both sides, set before numpy is loaded: the matrices are small, and processor time then means
# the same for us and for them, however busy the machine is.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")
