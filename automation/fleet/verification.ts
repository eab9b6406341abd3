import { setTimeout as sleep } from "node:timers/promises";
import { ofNoApplication } from "../../platform/application";
import { kubePrometheusStackRelease, namespace, objects } from "../../platform/names";
import type { Customer, Settings } from "../../config/load";
import type { Query } from "./query";

/** Whether a cluster's samples have come through Query. */
export interface Verified {
    name: string;
    /** Seconds until they were seen; undefined when they were not. */
    seconds?: number;
    /** The targets that were seen. */
    targets?: number;
    /** What is missing. */
    missing?: string;
    /** Where to look, in this order: commands with what they show. */
    lookAt: string[];
}

/** Arguments of a verification. */
export interface Verification {
    query: Query;
    customers: Customer[];
    settings: Settings;
    /** Where agents write to. */
    remoteWriteUrl: string;
    /** Seconds to wait. */
    wait: number;
    /** Seconds between two looks. */
    interval?: number;
    signal?: AbortSignal;
    /** What is waited for, at every look. */
    report?: (text: string) => void;
}

/** Waits until each cluster's samples are seen, under its own tenant. */
export async function verify(verification: Verification): Promise<Verified[]> {
    const { query, customers, wait, interval = 5, signal, report } = verification;
    const begun = Date.now();
    const elapsed = () => Math.round((Date.now() - begun) / 1000);
    const seen = new Map<string, Verified>();
    let said = new Map<string, string>();
    for (;;) {
        const waiting = customers.filter(({ name }) => !seen.has(name));
        try {
            const samples = await query(
                `count by (cluster, tenant) (up{${ofNoApplication},cluster=~"${waiting.map(({ name }) => name).join("|")}"})`,
            );
            said = new Map();
            for (const { name, tenant } of waiting) {
                const tenants = samples.filter(({ labels }) => labels["cluster"] === name);
                const own = tenants.find(({ labels }) => labels["tenant"] === tenant);
                if (own !== undefined) {
                    seen.set(name, { name, seconds: elapsed(), targets: own.value, lookAt: [] });
                } else {
                    const other = tenants[0]?.labels["tenant"];
                    said.set(
                        name,
                        other === undefined
                            ? "no sample has come"
                            : `its samples come as tenant ${other}: its certificate is not that of tenant ${tenant}`,
                    );
                }
            }
        } catch (error) {
            said = new Map(waiting.map(({ name }) => [name, error instanceof Error ? error.message : String(error)]));
        }
        const left = customers.filter(({ name }) => !seen.has(name));
        if (left.length === 0 || elapsed() + interval > wait || signal?.aborted === true) {
            return customers.map(
                (customer) =>
                    seen.get(customer.name) ?? {
                        name: customer.name,
                        missing: `${said.get(customer.name) ?? "no sample has come"} in ${elapsed()} s`,
                        lookAt: whereToLook(customer, verification),
                    },
            );
        }
        report?.(`waiting for samples of ${left.map(({ name }) => name).join(", ")}`);
        await sleep(interval * 1000, undefined, { signal }).catch(() => undefined);
    }
}

/** From the cluster to the observer: the first that does not look right is where it ends. */
function whereToLook(customer: Customer, { settings, remoteWriteUrl }: Verification): string[] {
    const at = ({ name, context }: { name: string; context?: string }) =>
        `kubectl ${context === undefined ? `--kubeconfig <of ${name}>` : `--context ${context}`} -n ${namespace}`;
    const cluster = at(customer);
    const observer = at(settings.observer);
    const { hostname, port } = new URL(remoteWriteUrl);
    const agents = "-l app.kubernetes.io/name=prometheus-agent";
    return [
        `Did the release come up?  ${cluster} get pods   # and: helm -n ${namespace} status ${kubePrometheusStackRelease}`,
        `What do the agents log?  ${cluster} logs ${agents} -c prometheus --since=15m | grep -i remote`,
        `Does the endpoint answer?  openssl s_client -connect ${hostname}:${port} -servername ${hostname} </dev/null   # from the customer's network; and: ${observer} logs deployment/thanos-receive-router --since=15m`,
        `Is the tenant right?  ${cluster} get secret ${objects.remoteWriteTls} -o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -subject -enddate   # CN = ${customer.tenant}`,
    ];
}
