import type { Threshold } from "../platform/monitors";
import { probedEndpoints, probeKinds } from "../platform/probes";
import { probedOf } from "./probed";
import type { Alert, RuleContext, RuleGroupDefinition } from "./ruleGroup";
import { thresholdAlerts } from "./threshold";

/** Certificates that run out: of all that is probed, of cert-manager, of control planes and of kubelets. */
export function certificateRules({ observer, monitors }: RuleContext): RuleGroupDefinition[] {
    const { ticketDays, pageDays } = monitors.certificates;
    const days: Threshold = { ticket: ticketDays, page: pageDays };
    return [
        ...(probedEndpoints(monitors).length === 0 ? [] : [endpointCertificates(observer, days)]),
        outerCertificates(observer, days),
        platformCertificates(observer, days),
        managedCertificates(days),
        clusterCertificates(days),
    ];
}

/** How long it is until a certificate runs out. */
const left = '{{ $value | printf "%.1f" }} days';

function endpointCertificates(observer: string, days: Threshold): RuleGroupDefinition {
    return {
        name: "certificates-endpoints",
        layer: "applications",
        rules: shownCertificates({
            days,
            series: `${expiry}{cluster="${observer}",endpoint!=""}`,
            by: "cluster, endpoint, application, instance",
            summary: "The certificate of endpoint {{ $labels.endpoint }}, probed from {{ $labels.cluster }}, runs out",
        }),
    };
}

/** What customers' clusters show to the outside: their API servers and the hosts of their ingress. */
function outerCertificates(observer: string, days: Threshold): RuleGroupDefinition {
    return {
        name: "certificates-outside",
        layer: "kaas",
        rules: shownCertificates({
            days,
            series: probedOf("customer", `${expiry}{cluster="${observer}",customer_cluster!=""}`),
            by: "cluster, tenant, instance",
            summary:
                "The certificate that {{ $labels.instance }} of cluster {{ $labels.cluster }} of " +
                "{{ $labels.tenant }} shows runs out",
        }),
    };
}

/** What the platform shows to people and agents. */
function platformCertificates(observer: string, days: Threshold): RuleGroupDefinition {
    const kinds = `${probeKinds.host}|${probeKinds.receive}`;
    return {
        name: "certificates-platform",
        layer: "platform",
        rules: shownCertificates({
            days,
            series: probedOf("peer", `${expiry}{cluster="${observer}",probe=~"${kinds}"}`),
            by: "cluster, tenant, instance",
            summary: "The certificate that {{ $labels.instance }} of observer {{ $labels.cluster }} shows runs out",
        }),
    };
}

const expiry = "probe_ssl_earliest_cert_expiry";

/** Certificates that probes are shown. */
function shownCertificates(args: { days: Threshold; series: string; by: string; summary: string }): Alert[] {
    return thresholdAlerts({
        alert: "EndpointCertificateExpiring",
        threshold: args.days,
        expr: (bound) =>
            [
                "(",
                `  min by (${args.by}) (`,
                `    ${args.series}`,
                "  )",
                "  - time()",
                ")",
                "/ 86400",
                `< ${bound}`,
            ].join("\n"),
        for: "15m",
        summary: args.summary,
        description: `A certificate of the chain that {{ $labels.instance }} shows runs out in ${left}.`,
        action: "Renew the certificate, and make sure that the service shows the new one.",
    });
}

/** A series of cert-manager with its certificate's namespace, which is exported_namespace where its ServiceMonitor honours no labels. */
function ofCertificate(aggregation: "max" | "group", selector: string): string {
    return [
        `${aggregation} by (cluster, tenant, namespace, name) (`,
        `  label_replace(${selector}, "namespace", "$1", "exported_namespace", "(.+)")`,
        ")",
    ].join("\n");
}

function managedCertificates(days: Threshold): RuleGroupDefinition {
    const certificate = "Certificate {{ $labels.namespace }}/{{ $labels.name }} of cluster {{ $labels.cluster }}";
    return {
        name: "certificates-managed",
        layer: "kaas",
        rules: [
            ...thresholdAlerts({
                alert: "ManagedCertificateExpiring",
                threshold: days,
                // Only one whose renewal is due: many certificates never live for as long as a ticket asks for.
                expr: (bound) =>
                    [
                        "(",
                        ofCertificate("max", "certmanager_certificate_expiration_timestamp_seconds"),
                        "  - time()",
                        ")",
                        "/ 86400",
                        `< ${bound}`,
                        "unless on (cluster, tenant, namespace, name)",
                        `${ofCertificate("max", "certmanager_certificate_renewal_timestamp_seconds")} > time()`,
                    ].join("\n"),
                for: "1h",
                summary: `${certificate} runs out and is not renewed`,
                description: `It runs out in ${left}; cert-manager should have renewed it by now, and has not.`,
                action: "Read why the newest CertificateRequest has failed, remove the reason, and renew it by hand.",
            }),
            {
                alert: "ManagedCertificateNotReady",
                expr: `${ofCertificate("max", 'certmanager_certificate_ready_status{condition!="True"}')} == 1`,
                for: "30m",
                severity: "ticket",
                summary: `${certificate} is not ready`,
                description:
                    "cert-manager has called it not ready for half an hour: it is missing, has run out, or is not " +
                    "what was asked for.",
            },
        ],
    };
}

function clusterCertificates(days: Threshold): RuleGroupDefinition {
    return {
        name: "certificates-clusters",
        layer: "kaas",
        rules: [
            ...thresholdAlerts({
                alert: "ControlPlaneCertificateExpiring",
                threshold: days,
                expr: (bound) =>
                    [
                        "histogram_quantile(",
                        "  0.01,",
                        "  sum by (cluster, tenant, le) (",
                        "    rate(apiserver_client_certificate_expiration_seconds_bucket[5m])",
                        "  )",
                        ")",
                        "/ 86400",
                        `< ${bound}`,
                    ].join("\n"),
                for: "30m",
                summary:
                    "A client of the API server of {{ $labels.cluster }} of {{ $labels.tenant }} needs a new certificate",
                description:
                    "A hundredth of all requests with a client certificate come with one that runs out in " +
                    `${left} or less. Components of the control plane, nodes and people have such.`,
                action:
                    "Find out whose it is on the control plane's nodes, and renew it: when it has run out, that " +
                    "component is locked out.",
            }),
            ...thresholdAlerts({
                alert: "KubeletCertificateExpiring",
                threshold: days,
                // Kubelets renew in time by themselves, some with only days left: one that fails to is meant.
                expr: (bound) =>
                    [
                        "min by (cluster, tenant, node) (kubelet_certificate_manager_client_ttl_seconds)",
                        "/ 86400",
                        `< ${bound}`,
                        "and on (cluster, tenant, node)",
                        "max by (cluster, tenant, node) (",
                        "  increase(kubelet_certificate_manager_client_expiration_renew_errors[1h])",
                        ")",
                        "> 0",
                    ].join("\n"),
                for: "1h",
                summary:
                    "The kubelet of {{ $labels.node }} of cluster {{ $labels.cluster }} cannot renew its certificate",
                description: `Its client certificate runs out in ${left}, and renewing it has failed again in the last hour.`,
                action: "Approve the node's signing request, or restart what signs them; then see that the kubelet has it.",
            }),
        ],
    };
}
