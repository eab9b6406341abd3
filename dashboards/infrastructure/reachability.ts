import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Days, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { CertificateMonitor } from "../../platform/monitors";
import { probeKinds } from "../../platform/probes";
import { board } from "../board";
import { probeColumns } from "./probeColumns";
import { badAbove, badBelow, stat, table, timeseries, type Column } from "../panels";

const noClusters = "No cluster has probes";

/** What of clusters and of the platform answers from outside, as the observer's probes see it. */
export function reachability(observer: string, certificates: CertificateMonitor): DashboardBuilder {
    const lifetime = badBelow(certificates.pageDays, certificates.ticketDays);
    const of = (kinds: string[]) => `cluster="${observer}",probe=~"${kinds.join("|")}"`;
    const theirs = of([probeKinds.apiServer, probeKinds.ingress]);
    const ours = of([probeKinds.host, probeKinds.receive]);
    const down = (which: string) => `count(max by (instance) (probe_success{${which}}) == 0) or vector(0)`;
    const columns = (which: string, labels: { title: string; label: string }[]): Column[] => {
        const by = [...labels.map(({ label }) => label), "instance"].join(", ");
        const now = (metric: string) => `max by (${by}) (${metric}{${which}})`;
        return [...labels.map(({ title, label }) => ({ title, from: { label } })), ...probeColumns(now, certificates)];
    };

    return board({
        title: "Reachability",
        uid: "reachability",
        description:
            "Whether API servers, ingress hosts and the platform's own hosts answer from outside, and for how long their " +
            "certificates are good.",
        tags: ["kaas", "platform"],
    })
        .withRow(new RowBuilder("Overview"))
        .withPanel(
            stat({
                title: "API servers down",
                description: "API servers of customers' clusters whose last probe has failed.",
                unit: Short,
                span: 6,
                height: 4,
                expr: down(of([probeKinds.apiServer])),
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "Ingress hosts down",
                description: "Hosts of customers' ingresses whose last probe has failed.",
                unit: Short,
                span: 6,
                height: 4,
                expr: down(of([probeKinds.ingress])),
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withPanel(
            stat({
                title: "Platform endpoints down",
                description: "Web hosts and receive endpoints, the peers' included, whose last probe has failed.",
                unit: Short,
                span: 6,
                height: 4,
                expr: down(ours),
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withPanel(
            stat({
                title: "First certificate to run out",
                description: "How long the certificate is good that runs out first.",
                unit: Days,
                span: 6,
                height: 4,
                decimals: 1,
                noValue: "No certificate has been seen",
                expr: `(min(probe_ssl_earliest_cert_expiry{cluster="${observer}",probe!=""}) - time()) / 86400`,
                thresholds: lifetime,
            }),
        )
        .withRow(new RowBuilder("Clusters"))
        .withPanel(
            table({
                title: "Clusters from outside",
                description: "The last probe of each API server and ingress host of config, and their certificates.",
                unit: Short,
                span: 24,
                height: 10,
                noValue: noClusters,
                columns: columns(theirs, [
                    { title: "Customer", label: "customer_tenant" },
                    { title: "Cluster", label: "customer_cluster" },
                    { title: "What", label: "probe" },
                ]),
            }),
        )
        .withPanel(
            timeseries({
                title: "Slowest API servers",
                description: "How long a probe takes of the twenty slowest.",
                unit: Seconds,
                span: 24,
                height: 8,
                min: 0,
                noValue: noClusters,
                lines: [
                    {
                        expr: [
                            "topk(20,",
                            "  max by (customer_tenant, customer_cluster, instance) (",
                            `    probe_duration_seconds{${of([probeKinds.apiServer])}}`,
                            "  )",
                            ")",
                        ].join("\n"),
                        legend: "{{customer_tenant}} {{customer_cluster}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Platform"))
        .withPanel(
            table({
                title: "The platform from outside",
                description: "The last probe of each web host and receive endpoint; a peer's has the peer's name.",
                unit: Short,
                span: 24,
                height: 8,
                noValue: "Nothing has been probed yet",
                columns: columns(ours, [
                    { title: "What", label: "probe" },
                    { title: "Host of", label: "service" },
                    { title: "Peer", label: "peer" },
                ]),
            }),
        );
}
