"""Asks for a metric and prints what its series are now, with their cluster and tenant.

    python3 read.py --url https://query.example.org --metric cluster_temperature_C

Any Prometheus API will do: Thanos Query's, a Prometheus', Grafana's proxy to either.
"""

import argparse
import json
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="the base URL of a Prometheus API")
    parser.add_argument("--metric", required=True, help="a metric, or any PromQL whose result is a vector")
    parser.add_argument("--ca", help="a file with the certificate authority of the URL; the system's when unset")
    parser.add_argument("--token-variable", help="the environment variable that holds a bearer token")
    return parser.parse_args()


def ask(options: argparse.Namespace) -> list[dict]:
    url = f"{options.url.rstrip('/')}/api/v1/query?{urllib.parse.urlencode({'query': options.metric})}"
    request = urllib.request.Request(url)
    if options.token_variable:
        request.add_header("Authorization", f"Bearer {os.environ[options.token_variable]}")
    context = ssl.create_default_context(cafile=options.ca) if url.startswith("https:") else None
    with urllib.request.urlopen(request, timeout=30, context=context) as response:
        data = json.load(response)["data"]
    if data["resultType"] != "vector":
        sys.exit(f"{options.metric} is a {data['resultType']}, not a vector")
    return data["result"]


def main() -> None:
    options = arguments()
    try:
        series = ask(options)
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {error.read().decode(errors='replace')}")
    except urllib.error.URLError as error:
        sys.exit(f"{options.url} cannot be reached: {error.reason}")
    if not series:
        sys.exit(f"no series of {options.metric} in the last five minutes")
    for each in series:
        labels = each["metric"]
        known = {"__name__", "cluster", "tenant"}
        others = " ".join(f"{name}={value}" for name, value in sorted(labels.items()) if name not in known)
        cluster, tenant = labels.get("cluster", "-"), labels.get("tenant", labels.get("tenant_id", "-"))
        print(f"{each['value'][1]}\tcluster={cluster} tenant={tenant} {others}")


if __name__ == "__main__":
    main()
