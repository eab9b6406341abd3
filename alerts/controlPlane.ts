import { ofNoApplication } from "../platform/application";
import { onExpected } from "./expected";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";
import { thresholdAlerts } from "./threshold";

/** Health of every cluster's control plane, as far as it can be scraped: what a provider hides has no target, and no alert. */
export function controlPlaneRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    const component = "{{ $labels.job }} of cluster {{ $labels.cluster }} of {{ $labels.tenant }}";
    return [
        {
            name: "kubernetes-control-plane",
            layer: "kaas",
            rules: [
                {
                    // A kubelet has several targets, which are down together. A team may call its jobs as it likes.
                    record: "component:control_plane_healthy:percent",
                    expr: [
                        "100 * avg by (cluster, tenant, job) (",
                        "  up{",
                        '    job=~"apiserver|kube-controller-manager|kube-scheduler|kube-etcd|kube-proxy|coredns",',
                        `    ${ofNoApplication}`,
                        "  }",
                        `  or up{job="kubelet",metrics_path="/metrics",${ofNoApplication}}`,
                        ")",
                    ].join("\n"),
                },
                ...thresholdAlerts({
                    alert: "KubernetesControlPlaneUnhealthy",
                    threshold: monitors.kaas.thresholds.controlPlaneHealthy,
                    expr: (percent) => onExpected(`component:control_plane_healthy:percent < ${percent}`),
                    for: "10m",
                    summary: `Not every ${component} answers`,
                    description: '{{ $value | printf "%.0f" }}% of its targets can be scraped.',
                    action:
                        "See on which nodes it does not run, and why. Without API server, etcd or controller manager " +
                        "nothing is repaired by itself any more, although what runs goes on.",
                }),
                {
                    alert: "KubernetesApiErrors",
                    expr: onExpected(
                        [
                            '100 * sum by (cluster, tenant) (rate(apiserver_request_total{code=~"5.."}[5m]))',
                            "/ sum by (cluster, tenant) (rate(apiserver_request_total[5m]))",
                            "> 5",
                        ].join("\n"),
                    ),
                    for: "10m",
                    severity: "ticket",
                    summary:
                        "The API server of cluster {{ $labels.cluster }} of {{ $labels.tenant }} answers with errors",
                    description: '{{ $value | printf "%.1f" }}% of its answers are 5xx; up to 5% are no alert.',
                },
            ],
        },
    ];
}
