"""Numbers for Prometheus: what the store says at the moment they are asked for, and what this process has answered."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from store.sql import SqlStore

DAY = "in the last 24 hours"


class _Queue:
    """The queue as it is when somebody asks. A collector of one scrape."""

    def __init__(self, store: SqlStore) -> None:
        self._catalogue = store.catalogue

    def collect(self) -> Iterable[Metric]:
        """The metrics, in the form that prometheus_client wants."""
        runs = GaugeMetricFamily(
            "perfsmith_runs", "Runs that wait and run now, and that ended in the last 24 hours.", labels=["status"]
        )
        for status, count in self._catalogue.counts().items():
            runs.add_metric([status], count)
        yield runs
        verdicts = GaugeMetricFamily(
            "perfsmith_candidates_24h", f"Candidates of the runs that ended {DAY}.", labels=["verdict"]
        )
        for verdict, count in self._catalogue.verdicts_lately().items():
            verdicts.add_metric([verdict], count)
        yield verdicts
        yield GaugeMetricFamily(
            "perfsmith_sandbox_failures_24h",
            f"Runs that failed {DAY} because of their sandbox, or wait because machines lack it.",
            self._catalogue.broken_sandboxes(),
        )
        waiting = self._catalogue.waiting_seconds()
        yield GaugeMetricFamily("perfsmith_longest_wait_seconds", "How long the oldest waiting run waits.", waiting)
        workers = self._catalogue.workers()
        busy = sum(bool(worker.run_id) for worker in workers)
        alive = GaugeMetricFamily("perfsmith_workers", "Workers alive.", labels=["state"])
        alive.add_metric(["busy"], busy)
        alive.add_metric(["idle"], len(workers) - busy)
        yield alive
        spent = self._catalogue.spent_lately()
        yield GaugeMetricFamily("perfsmith_model_tokens_24h", f"Tokens of all model calls {DAY}.", spent.tokens)
        yield GaugeMetricFamily("perfsmith_model_dollars_24h", f"Dollars of all model calls {DAY}.", spent.dollars)


class Metrics:
    """What this process has answered. One for each application: tests and mounts share nothing."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "perfsmith_http_requests",
            "Answers by route and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "perfsmith_http_seconds", "How long answers took.", ["route"], registry=self._registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, store: SqlStore) -> bytes:
        """All numbers in Prometheus' text format."""
        now = CollectorRegistry()
        now.register(_Queue(store))
        return generate_latest(now) + generate_latest(self._registry)
