import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { contractVersion, EnvironmentReference, type CustomerStatus } from "fleet-observability/outputs";

/** The Deployment that is scaled by what the platform sees of it. */
const workload = { namespace: "portal", name: "portal" };

/** What a team does in its own cluster with the outputs of an environment: a datasource, a scaler, and what it exports. */
async function program() {
    const config = new pulumi.Config();
    const [stack, cluster] = [config.require("environment"), config.require("cluster")];
    const environment = new EnvironmentReference(stack);
    await checkContract(environment, stack);
    const status = await ownStatus(environment, stack, cluster);
    const queryUrl = environment.get("queryUrl");

    // Grafana's sidecar takes what carries this label.
    new ConfigMap("datasource", {
        metadata: {
            name: "fleet-observability-datasource",
            namespace: workload.namespace,
            labels: { grafana_datasource: "1" },
        },
        data: {
            "fleet-observability.yaml": queryUrl.apply((url) =>
                JSON.stringify({
                    apiVersion: 1,
                    datasources: [{ name: "Fleet", uid: "fleet", type: "prometheus", access: "proxy", url }],
                }),
            ),
        },
    });

    // KEDA. `cluster` is in every series that reached the observer.
    new CustomResource("scaler", {
        apiVersion: "keda.sh/v1alpha1",
        kind: "ScaledObject",
        metadata: workload,
        spec: {
            scaleTargetRef: { name: workload.name },
            minReplicaCount: 2,
            maxReplicaCount: 10,
            triggers: [
                {
                    type: "prometheus",
                    metadata: {
                        serverAddress: queryUrl,
                        query: `sum(rate(http_requests_total{cluster="${cluster}",namespace="${workload.namespace}"}[2m]))`,
                        threshold: "100",
                    },
                },
            ],
        },
    });

    return { ...status, grafanaUrl: environment.get("grafanaUrl") };
}

/** @throws RunError when the environment's outputs are not those that this program was written for */
async function checkContract(environment: EnvironmentReference, stack: string): Promise<void> {
    const version = await environment.known("contractVersion");
    if (version === undefined) {
        throw new pulumi.RunError(
            `Stack ${stack} has no output contractVersion. Set portal-observability:environment to an environment's stack, ` +
                "and run `pulumi up` there first.",
        );
    }
    if (version !== contractVersion) {
        throw new pulumi.RunError(
            `The outputs of stack ${stack} are of contract ${version}, and this program reads contract ${contractVersion}. ` +
                "Take fleet-observability of the environment's version, and read in its docs/outputs.md what has changed.",
        );
    }
}

/**
 * What the environment says of a cluster; of one that a shard holds, what the shard's stack says.
 *
 * @throws RunError when no cluster of that name is enrolled
 */
async function ownStatus(environment: EnvironmentReference, stack: string, cluster: string): Promise<CustomerStatus> {
    const shards = Object.entries((await environment.known("shards")) ?? {});
    const shard = shards.find(([, clusters]) => clusters.includes(cluster))?.[0];
    const holder = shard === undefined ? environment : new EnvironmentReference(`${stack}-${shard}`);
    const customers = (await holder.known("customers")) ?? {};
    const status = customers[cluster];
    if (status === undefined) {
        const enrolled = [...Object.keys(customers), ...shards.flatMap(([, clusters]) => clusters)].sort();
        throw new pulumi.RunError(
            `Cluster ${cluster} is not enrolled in ${stack}, which has: ${enrolled.join(", ") || "none"}. ` +
                "Set portal-observability:cluster to one of these, or ask for an entry in fleet-observability:customers.",
        );
    }
    return status;
}

export = program;
