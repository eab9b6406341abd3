"""Pushes the temperature and the energy of a few racks over OTLP, until it is interrupted.

    python3 push.py --endpoint http://otlp-gateway.observability.svc:4317 --protocol grpc
    python3 push.py --endpoint http://otlp-gateway.observability.svc:4318 --protocol http
"""

import argparse
import random
import time

from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpExporter
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True, help="the gateway: http://<host>:4317 for grpc, :4318 for http")
    parser.add_argument("--protocol", choices=["grpc", "http"], default="grpc")
    parser.add_argument("--racks", type=int, default=3)
    parser.add_argument("--interval", type=float, default=15, help="seconds between two pushes")
    parser.add_argument("--pushes", type=int, default=0, help="how many; 0 is without end")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    exporter = (
        GrpcExporter(endpoint=options.endpoint, insecure=options.endpoint.startswith("http://"))
        if options.protocol == "grpc"
        else HttpExporter(endpoint=f"{options.endpoint}/v1/metrics")
    )
    # Pushed by hand below, so that a short run ends with what it measured.
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=float("inf"))
    # service.name becomes the label job, service.instance.id the label instance.
    resource = Resource.create({"service.name": "push-example", "service.instance.id": options.protocol})
    provider = MeterProvider(metric_readers=[reader], resource=resource)
    meter = provider.get_meter("push-example")

    racks = [{"rack_id": f"rack-{number}"} for number in range(1, options.racks + 1)]
    meter.create_observable_gauge(
        # cluster_temperature_C, once it is in Prometheus.
        "cluster.temperature",
        callbacks=[lambda _: [Observation(random.uniform(18, 27), rack) for rack in racks]],
        unit="C",
    )
    # cluster_energy_consumption_kWh_total: a counter, which only grows.
    energy = meter.create_counter("cluster.energy_consumption", unit="kWh")

    pushed = 0
    try:
        while options.pushes == 0 or pushed < options.pushes:
            if pushed > 0:
                time.sleep(options.interval)
            for rack in racks:
                energy.add(random.uniform(0, 0.1), rack)
            provider.force_flush()
            pushed += 1
            print(f"pushed {2 * len(racks)} points", flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        provider.shutdown()


if __name__ == "__main__":
    main()
