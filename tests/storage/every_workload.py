"""All workloads of the crash proofs, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import trust_workloads
import workloads
from lives import Life

WORKLOADS: Mapping[str, Callable[[Path], Life]] = MappingProxyType({**workloads.WORKLOADS, **trust_workloads.WORKLOADS})
