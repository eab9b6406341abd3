import { applicationChecks, onClusters, type ApplicationMonitor } from "../platform/monitors";
import { minutes, type Alert, type RuleContext, type RuleGroupDefinition } from "./ruleGroup";

/** Healths that are nobody's concern: who suspends an application means it. */
export const wellForArgocd = "Healthy|Suspended";

/** The matchers of what Argo CD deploys into the namespace of an application. */
export function argocdApplication(application: ApplicationMonitor): string {
    return `dest_namespace="${application.namespace}"${onClusters(application)}`;
}

/** Argo CD: sync and health of whatever it deploys that is not in the list of applications, and syncs that fail. */
export function argocdRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    if (monitors.argocd === undefined) {
        return [];
    }
    // Those of the list have alerts of their own, or have been switched off.
    const listed = monitors.applications.map((application) => `argocd_app_info{${argocdApplication(application)}}`);
    const others = listed.length === 0 ? "" : `\nunless (${listed.join("\nor ")})`;
    return [
        {
            name: "argocd",
            layer: "applications",
            rules: [
                ...argocdAlerts({
                    outOfSync: "ArgoCdApplicationOutOfSync",
                    unhealthy: "ArgoCdApplicationUnhealthy",
                    minutes: applicationChecks.argocd.threshold,
                    select: (matcher) => `argocd_app_info{${matcher}}${others}`,
                    where: "{{ $labels.name }} on {{ $labels.cluster }}",
                }),
                {
                    alert: "ArgoCdSyncFailing",
                    expr: [
                        "sum by (cluster, tenant, name) (",
                        '  increase(argocd_app_sync_total{phase=~"Error|Failed"}[30m])',
                        ")",
                        "> 0",
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: "Syncs of {{ $labels.name }} fail on {{ $labels.cluster }}",
                    description: '{{ $value | printf "%.0f" }} syncs have failed in half an hour.',
                },
            ],
        },
    ];
}

/** That something is out of sync, or not healthy, for too long. */
export function argocdAlerts(args: {
    /** What the alerts are called. */
    outOfSync: string;
    unhealthy: string;
    labels?: Record<string, string>;
    /** How long it may be so. */
    minutes: number;
    /** The series of Argo CD's applications that match. */
    select: (matcher: string) => string;
    /** Which application, and where. */
    where: string;
}): Alert[] {
    // A change of status is another series; without the status in the alert it keeps waiting.
    const alert = (matcher: string) => ({
        expr: ["max by (cluster, tenant, name, dest_namespace) (", args.select(matcher), ")"].join("\n"),
        for: minutes(args.minutes),
        ...(args.labels === undefined ? {} : { labels: args.labels }),
        severity: "ticket" as const,
    });
    const lately = `for ${args.minutes} minutes`;
    return [
        {
            ...alert('sync_status!="Synced"'),
            alert: args.outOfSync,
            summary: `What runs of ${args.where} is not what Git has`,
            description: `Argo CD has not called {{ $labels.name }} synced ${lately}.`,
        },
        {
            ...alert(`health_status!~"${wellForArgocd}"`),
            alert: args.unhealthy,
            summary: `Argo CD finds ${args.where} not healthy`,
            description: `Argo CD has not called {{ $labels.name }} healthy ${lately}.`,
        },
    ];
}
