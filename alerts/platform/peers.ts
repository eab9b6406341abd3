import { services } from "../../platform/names";
import { peerProbeSuccess, peerUp } from "../../platform/peers";
import type { RuleGroupDefinition } from "../ruleGroup";

/** What an observer needs to take samples, to judge them and to tell somebody. */
const alertingChain = [
    services.receiveRouter.name,
    services.receiveIngestor.name,
    services.query.name,
    // The operator's Service and the chart's have different names.
    ".*thanos-ruler.*",
    services.alertmanager.name,
].join("|");

/**
 * Other observers of the same customers, which cannot tell of their own death. Each is expected as config names it, and
 * is known by its certificate: both its cluster and its tenant are its name.
 */
export function peerObservers(observer: string, peers: string[]): RuleGroupDefinition[] {
    if (peers.length === 0) {
        return [];
    }
    const chain = `${peerUp}{job=~"${alertingChain}"}`;
    const who = `{{ $labels.cluster }}, a peer of ${observer},`;

    return [
        {
            name: "platform-peers",
            layer: "platform",
            rules: [
                ...peers.map((peer) => ({
                    record: "fleet_peer_info",
                    expr: "vector(1)",
                    labels: { cluster: peer, tenant: peer },
                })),
                {
                    alert: "PeerObserverSilent",
                    expr: `fleet_peer_info unless on (cluster, tenant) ${peerUp}`,
                    for: "5m",
                    severity: "page",
                    summary: `Observer ${who} is silent`,
                    description:
                        "No sample of its Prometheus has arrived for ten minutes. While it is away it takes no " +
                        `samples and tells nobody of alerts; customers' agents keep four hours for it, and ${observer} ` +
                        "goes on.",
                    action:
                        "Ask its Query and its Alertmanager whether it is there. If they answer, its Prometheus or the " +
                        "way here is broken: its remote-write log says why. Else bring it back within four hours.",
                },
                {
                    alert: "PeerObserverUnhealthy",
                    // Compared with its own last day, as PlatformComponentDown; and a silent peer has its own page.
                    expr: [
                        `group by (cluster, tenant, job) (max_over_time(${chain}[1d]) == 1)`,
                        `unless on (cluster, tenant, job) ${chain} == 1`,
                        `and on (cluster, tenant) (fleet_peer_info and on (cluster, tenant) ${peerUp})`,
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: `No {{ $labels.job }} of observer ${who} answers`,
                    description:
                        "Its Prometheus says so. Until it is mended the peer does not take samples, or does not tell of " +
                        "alerts, and cannot say so itself.",
                },
                {
                    alert: "PeerObserverUnreachable",
                    expr: [
                        "label_replace(",
                        "  label_replace(",
                        `    max by (cluster, peer) (${peerProbeSuccess}{cluster="${observer}"}) == 0,`,
                        '    "tenant", "$1", "peer", "(.+)"',
                        "  ),",
                        '  "cluster", "$1", "peer", "(.+)"',
                        ")",
                        // Silent as well is PeerObserverSilent.
                        `and on (cluster, tenant) ${peerUp}`,
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: `Query of observer ${who} does not answer from outside`,
                    description:
                        `Every probe from ${observer} has failed for ten minutes, and yet the peer still sends: people ` +
                        "cannot reach it, or this observer alone cannot.",
                },
            ],
        },
    ];
}
