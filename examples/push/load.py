"""Pushes the points of many devices over OTLP/HTTP, and prints how many a second were taken and how many were not.

    python3 load.py --endpoint http://otlp-gateway.observability.svc:4318 --devices 100 --metrics 10 --interval 5

It needs nothing but Python. It exits with 1 when something was refused.
"""

import argparse
import concurrent.futures
import json
import random
import time
import urllib.error
import urllib.request


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", required=True, help="the gateway: http://<host>:4318")
    parser.add_argument("--devices", type=int, default=100, help="how many push; each is a request of its own")
    parser.add_argument("--metrics", type=int, default=10, help="gauges of each device")
    parser.add_argument("--interval", type=float, default=5, help="seconds between two pushes of a device")
    parser.add_argument("--duration", type=float, default=60, help="seconds; 0 is without end")
    parser.add_argument("--workers", type=int, default=8, help="requests at once")
    return parser.parse_args()


def body(device: int, metrics: int) -> bytes:
    now = str(time.time_ns())
    return json.dumps(
        {
            "resourceMetrics": [
                {
                    "resource": {
                        "attributes": [
                            {"key": "service.name", "value": {"stringValue": "load"}},
                            {"key": "service.instance.id", "value": {"stringValue": f"device-{device}"}},
                        ]
                    },
                    "scopeMetrics": [
                        {
                            "metrics": [
                                {
                                    "name": f"load.metric_{number}",
                                    "gauge": {"dataPoints": [{"timeUnixNano": now, "asDouble": random.random()}]},
                                }
                                for number in range(metrics)
                            ]
                        }
                    ],
                }
            ]
        }
    ).encode()


def push(options: argparse.Namespace, device: int) -> tuple[int, str]:
    """How many points the gateway took of a device, and why it did not take the others."""
    request = urllib.request.Request(
        f"{options.endpoint.rstrip('/')}/v1/metrics",
        data=body(device, options.metrics),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            refused = json.loads(response.read() or b"{}").get("partialSuccess", {})
    except urllib.error.HTTPError as error:
        return 0, f"{error.code} {error.reason}"
    except OSError as error:
        return 0, str(error)
    rejected = int(refused.get("rejectedDataPoints", 0))
    return options.metrics - rejected, refused.get("errorMessage", "") if rejected else ""


def main() -> int:
    options = arguments()
    start = time.monotonic()
    total_taken = total_refused = rounds = 0
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        try:
            while options.duration == 0 or time.monotonic() - start < options.duration:
                began = time.monotonic()
                results = list(pool.map(lambda device: push(options, device), range(options.devices)))
                taken = sum(points for points, _ in results)
                refused = options.devices * options.metrics - taken
                reasons = sorted({reason for _, reason in results if reason})
                total_taken, total_refused, rounds = total_taken + taken, total_refused + refused, rounds + 1
                took = time.monotonic() - began
                time.sleep(max(0, options.interval - took))
                seconds = time.monotonic() - began
                print(
                    f"{taken / seconds:.0f} points/s taken, {refused} refused, {took:.1f} s"
                    + (f": {'; '.join(reasons)}" if reasons else ""),
                    flush=True,
                )
        except KeyboardInterrupt:
            pass
    print(f"{total_taken} points taken and {total_refused} refused, in {rounds} rounds")
    return 1 if total_refused else 0


if __name__ == "__main__":
    raise SystemExit(main())
