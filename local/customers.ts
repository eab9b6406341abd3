import { stringify } from "yaml";
import { agentLabels, profiles, type Profile } from "../platform/agent";
import { services } from "../platform/names";
import { relabelConfig, type Relabeling } from "../platform/relabeling";
import { remoteWriteConfig } from "../platform/remoteWrite";
import { textfileRelabelings } from "../platform/scrape";
import type { Issued } from "./certificates";
import type { Ground } from "./ground";
import { observerCertificates, remoteWriteTo, scrapeInterval, type LocalObserver } from "./observer";
import type { PlannedFile, ProcessPlan } from "./plan";
import type { ScrapeConfig } from "./simulation/exporters";

/** A customer cluster on this machine. */
export interface LocalCustomer {
    /** The cluster's name: its `cluster` label. */
    name: string;
    /** The common name of its client certificate. */
    tenant: string;
    /** The names of its agents' processes. */
    agents: string[];
}

/** The profile whose agents run here. */
export const profile = "standard" satisfies Profile;

/** Beyond so many customers a pair of agents each is more than one machine should run. */
const pairsUpTo = 3;

/** `count` customers: with a pair of agents each, as in a cluster of the standard profile, or with one where they are many. */
export function localCustomers(count: number): LocalCustomer[] {
    const replicas = count <= pairsUpTo ? profiles[profile].replicas : 1;
    return Array.from({ length: count }, (_, index) => {
        const name = `cluster-${index + 1}`;
        return {
            name,
            tenant: `customer-${index + 1}`,
            agents: Array.from({ length: replicas }, (_, replica) => `agent-${name}-${replica}`),
        };
    });
}

/** The real target that every customer's agents scrape. */
export function planNodeExporter(ground: Ground): ProcessPlan {
    return {
        name: nodeExporter,
        program: "node_exporter",
        args: [
            `--web.listen-address=${ground.address(nodeExporter)}`,
            `--collector.textfile.directory=${ground.textfiles}`,
        ],
        ready: `${ground.url(nodeExporter)}/`,
    };
}

const nodeExporter = "node-exporter";

/** The job of its samples. */
export const nodeExporterJob = "node-exporter";

/** Where a customer's client certificate and key are. */
export function customerCertificate(ground: Ground, { name }: LocalCustomer): Issued {
    return { certificate: ground.certificate(`${name}.crt`), key: ground.certificate(`${name}.key`) };
}

/** What the agents of a customer do not decide themselves. */
export interface AgentSurroundings {
    /** What is done to a series before it is sent. */
    relabelings: Relabeling[];
    /** What they scrape besides what really runs. */
    simulated: ScrapeConfig[];
    /** The observers that they write to, all of them the same. */
    observers: LocalObserver[];
}

/** The agents of a customer. Each of a pair scrapes the same targets, itself and its twin among them. */
export function planAgents(
    ground: Ground,
    customer: LocalCustomer,
    surroundings: AgentSurroundings,
): { files: PlannedFile[]; processes: ProcessPlan[] } {
    const configuration = (agent: string) => ground.configuration(`${agent}.yml`);
    return {
        files: customer.agents.map((agent, replica) => ({
            path: configuration(agent),
            content: stringify(agentConfig(ground, customer, replica, surroundings)),
        })),
        processes: customer.agents.map((agent) => ({
            name: agent,
            program: "prometheus",
            args: [
                "--agent",
                `--config.file=${configuration(agent)}`,
                `--storage.agent.path=${ground.data(agent)}`,
                `--web.listen-address=${ground.address(agent)}`,
            ],
            ready: `${ground.url(agent)}/-/ready`,
        })),
    };
}

function agentConfig(
    ground: Ground,
    customer: LocalCustomer,
    replica: number,
    { relabelings, simulated, observers }: AgentSurroundings,
) {
    return {
        global: {
            scrape_interval: scrapeInterval,
            external_labels: {
                ...agentLabels({ name: customer.name, externalLabels: {} }),
                prometheus_replica: `agent-${replica}`,
            },
        },
        scrape_configs: [
            // This machine is no node of a cluster that is pretended to be.
            ...(simulated.length > 0
                ? []
                : [
                      {
                          job_name: nodeExporterJob,
                          static_configs: [{ targets: [ground.address(nodeExporter)] }],
                          metric_relabel_configs: textfileRelabelings.map(relabelConfig),
                      },
                  ]),
            {
                job_name: services.prometheus.name,
                static_configs: [{ targets: customer.agents.map((agent) => ground.address(agent)) }],
            },
            ...simulated,
        ],
        remote_write: observers.map((observer) => {
            const { name, routers } = observer;
            // In a cluster a Service chooses the router.
            const url = remoteWriteTo(observer, routers[replica % routers.length] ?? "");
            return remoteWriteConfig(
                { name, url, ca: observerCertificates(observer).authority, relabelings },
                customerCertificate(ground, customer),
            );
        }),
    };
}
