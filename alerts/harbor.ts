import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** A Harbor registry. */
export function harborRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    return monitors.harbor === undefined ? [] : [harbor];
}

const requests = "rate(harbor_core_http_request_total[5m])";
const failed = 'rate(harbor_core_http_request_total{code=~"5.."}[5m])';

const harbor: RuleGroupDefinition = {
    name: "harbor",
    layer: "applications",
    rules: [
        {
            alert: "HarborComponentDown",
            // The exporter asks core how everyone is: without core there is no such series, and what it reads from the
            // database is still there.
            expr: [
                "min by (cluster, tenant, component) (harbor_up) == 0",
                "or",
                "label_replace(",
                "  group by (cluster, tenant) (harbor_project_total)",
                "    unless on (cluster, tenant) group by (cluster, tenant) (harbor_up),",
                '  "component", "core", "", ""',
                ")",
            ].join("\n"),
            for: "5m",
            severity: "page",
            summary:
                "Component {{ $labels.component }} of the Harbor on {{ $labels.cluster }} of {{ $labels.tenant }} is down",
            description:
                "Harbor has called its component {{ $labels.component }} unhealthy for five minutes, or core itself " +
                "did not answer its exporter. Nodes may not be able to pull images.",
            action: "Read the component's log and Harbor's /api/v2.0/health, and restart what does not recover.",
        },
        {
            alert: "HarborErrors",
            expr: [
                `sum by (cluster, tenant) (${failed})`,
                "/",
                `sum by (cluster, tenant) (${requests})`,
                "> 0.05",
            ].join("\n"),
            for: "10m",
            severity: "ticket",
            summary: "The Harbor on {{ $labels.cluster }} of {{ $labels.tenant }} answers with errors",
            description: "{{ $value | humanizePercentage }} of the requests to its core are answered 5xx.",
        },
        {
            alert: "HarborQuotaFull",
            // A quota of -1 is none.
            expr: [
                "max by (cluster, tenant, project_name) (harbor_project_quota_usage_byte)",
                "/ on (cluster, tenant, project_name)",
                "(max by (cluster, tenant, project_name) (harbor_project_quota_byte) > 0)",
                "> 0.9",
            ].join("\n"),
            for: "15m",
            severity: "ticket",
            summary: "Project {{ $labels.project_name }} of the Harbor on {{ $labels.cluster }} has used up its quota",
            description:
                "{{ $value | humanizePercentage }} of the quota is in use; at 100% every push to the project fails.",
        },
        {
            alert: "HarborQueueGrowing",
            // A long queue that gets shorter is just much work.
            expr: [
                "max by (cluster, tenant, type) (harbor_task_queue_latency) > 900",
                "and on (cluster, tenant, type)",
                "max by (cluster, tenant, type) (delta(harbor_task_queue_size[30m])) > 0",
            ].join("\n"),
            for: "15m",
            severity: "ticket",
            summary: "Jobs of type {{ $labels.type }} pile up in the Harbor on {{ $labels.cluster }}",
            description:
                "The next {{ $labels.type }} has waited for {{ $value | humanizeDuration }}, and the queue is longer " +
                "than half an hour ago.",
        },
    ],
};
