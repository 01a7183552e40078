"""Figures for Prometheus, read from the database when they are asked for, so that any process can answer."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from slimreel.services.wiring import Services


class _Figures(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterable[Metric]:
        figures = self._services.figures()
        jobs = GaugeMetricFamily("slimreel_jobs", "Renders that are kept, by state", labels=["state"])
        for state, count in sorted(figures.jobs.items()):
            jobs.add_metric([state], count)
        yield jobs
        for name, sentence, value in (
            ("slimreel_queue_oldest_seconds", "How long the render that waits longest waits", figures.oldest_s),
            ("slimreel_workers", "Workers that were heard of lately", figures.workers),
            ("slimreel_sessions", "Sessions that are kept", figures.sessions),
            ("slimreel_stored_bytes", "Bytes of files that came in and were made", figures.stored_bytes),
            ("slimreel_turns_running", "Turns of conversations that run", figures.turns_running),
            ("slimreel_credits_revenue", "Credits that were charged", figures.revenue),
        ):
            gauge = GaugeMetricFamily(name, sentence)
            gauge.add_metric([], value)
            yield gauge


def exposition(services: Services) -> tuple[bytes, str]:
    """All figures in the text form of Prometheus, and its media type."""
    registry = CollectorRegistry()
    registry.register(_Figures(services))
    return generate_latest(registry), CONTENT_TYPE_LATEST
