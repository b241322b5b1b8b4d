"""One Prefect flow per instruction of a series: `flows.instructions.dan_van_kheo_1a`, made when asked for.

Prefect resolves the module path of an entrypoint with getattr, both when deploying and in a worker, so a module
`__getattr__` (PEP 562) is all it takes: years stand side by side as deployments under one flow.
"""

from __future__ import annotations

from typing import Any

from prefect import Flow

from config.loader import load_series
from directives.model import Series, SeriesFlow
from flows.follow_up import follow_up


def entrypoint(series: Series, flow: SeriesFlow) -> str:
    return f"flows.instructions.{attribute(series, flow)}"


def attribute(series: Series, flow: SeriesFlow) -> str:
    return f"{series.series}_{flow.key}".replace("-", "_")


def flow_name(series: Series, flow: SeriesFlow) -> str:
    """The two-digit ordinal makes the UI, which sorts by code point, list them in the directive's order."""
    return f"{series.title} · {flow.ordinal:02d} · {flow.label} · {flow.title}"


def __getattr__(name: str) -> Flow[Any, Any]:
    if name.startswith("__"):
        raise AttributeError(name)
    for series in load_series():
        for flow in series.flows:
            if attribute(series, flow) == name:
                return follow_up.with_options(name=flow_name(series, flow))
    raise AttributeError(f"no series in config/series has a flow '{name}'")
