"""What the site counts for Prometheus. Labels are bounded: views, methods, statuses and cities, of which there are only so many."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.apps import apps
from django.db.models import Count, Max
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from pulso.web import readings
from pulso.web.readings import upkeep
from pulso.web.running.models import Job

OWN = CollectorRegistry()
REQUESTS = Counter("pulso_requests", "Requests answered.", ("view", "method", "status"), registry=OWN)
SECONDS = Histogram(
    "pulso_request_seconds",
    "How long answers took to begin.",
    ("view",),
    registry=OWN,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def seen(view: str, method: str, status: int, seconds: float) -> None:
    """Count an answer."""
    REQUESTS.labels(view, method, str(status)).inc()
    SECONDS.labels(view).observe(seconds)


def text() -> bytes:
    """Everything, in Prometheus' text form: counts of all servers of this site, and the state of its cities now."""
    shared = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    counted = CollectorRegistry()
    if shared:
        MultiProcessCollector(counted, path=shared)  # type: ignore[no-untyped-call]  # it has no types
    state = CollectorRegistry()
    state.register(_State())
    return generate_latest(counted if shared else OWN) + generate_latest(state)


class _State:
    """How the cities stand, asked when it is told."""

    def collect(self) -> Iterator[Metric]:
        """Jobs, ages and incidents."""
        now, cities = upkeep.now(), readings.cities()
        jobs = GaugeMetricFamily("pulso_jobs", "Jobs in each state.", labels=("city", "kind", "state"))
        for row in Job.objects.filter(city__in=cities).values("city", "kind", "state").annotate(n=Count("id")).order_by():
            jobs.add_metric((row["city"], row["kind"], row["state"]), row["n"])
        yield jobs
        tries = GaugeMetricFamily("pulso_job_tries", "How often the open job was tried; 0 before the first.", labels=("city", "kind"))
        for job in Job.objects.filter(city__in=cities).exclude(state=Job.State.DONE):
            tries.add_metric((job.city, job.kind), job.tries)
        yield tries
        done = GaugeMetricFamily("pulso_job_age_seconds", "Since a job of this kind was last done.", labels=("city", "kind"))
        last = Job.objects.filter(city__in=cities, state=Job.State.DONE).values("city", "kind").annotate(ended=Max("ended")).order_by()
        for each in last:
            done.add_metric((each["city"], each["kind"]), (now - each["ended"]).total_seconds())
        yield done
        ages = GaugeMetricFamily("pulso_publication_age_seconds", "Since something new was last published.", labels=("city",))
        for city in cities:
            published = upkeep.last_published(city)
            if published is not None:
                ages.add_metric((city,), (now - published).total_seconds())
        yield ages
        if apps.is_installed("pulso.web.contracts"):
            yield from _incidents(cities)


def _incidents(cities: list[str]) -> Iterator[Metric]:
    """Open incidents of each city; a city without one has 0."""
    incident = apps.get_app_config("contracts").get_model("Incident")
    family = GaugeMetricFamily("pulso_incidents_open", "Broken contracts that are not mended yet.", labels=("city",))
    broken = incident._default_manager.filter(city__in=cities, ended__isnull=True)
    open_ = dict(broken.values_list("city").annotate(n=Count("pk")).order_by())
    for city in cities:
        family.add_metric((city,), open_.get(city, 0))
    yield family
