#!/bin/sh
# Pushes one temperature over OTLP/HTTP.
#
#   ./push.sh http://otlp-gateway.observability.svc:4318 [celsius] [rack]
set -eu

endpoint=${1:?"usage: push.sh <endpoint> [celsius] [rack]"}
celsius=${2:-21.5}
rack=${3:-rack-1}

# --fail-with-body: a refusal is an error, and says why.
curl --silent --show-error --fail-with-body --header 'Content-Type: application/json' --data @- "$endpoint/v1/metrics" <<JSON
{
    "resourceMetrics": [
        {
            "resource": {
                "attributes": [{ "key": "service.name", "value": { "stringValue": "push-example" } }]
            },
            "scopeMetrics": [
                {
                    "metrics": [
                        {
                            "name": "cluster.temperature",
                            "unit": "C",
                            "gauge": {
                                "dataPoints": [
                                    {
                                        "timeUnixNano": "$(date +%s)000000000",
                                        "asDouble": $celsius,
                                        "attributes": [{ "key": "rack_id", "value": { "stringValue": "$rack" } }]
                                    }
                                ]
                            }
                        }
                    ]
                }
            ]
        }
    ]
}
JSON
