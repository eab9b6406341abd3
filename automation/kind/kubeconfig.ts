import { parse, stringify } from "yaml";

/** The lists of a kubeconfig. */
interface Kubeconfig {
    clusters: unknown[];
    users: unknown[];
    contexts: unknown[];
}

/** Kubeconfigs of several clusters, each YAML, as one. No context is the current one: every use names its own. */
export function mergedKubeconfig(kubeconfigs: string[]): string {
    const parsed = kubeconfigs.map((text) => parse(text) as Kubeconfig);
    return stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: parsed.flatMap(({ clusters }) => clusters),
        users: parsed.flatMap(({ users }) => users),
        contexts: parsed.flatMap(({ contexts }) => contexts),
    });
}
