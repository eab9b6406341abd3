import { createHash } from "node:crypto";
import { upstreamMetrics } from "../../metrics/catalogue";
import { everyMonitor } from "../../local/simulation";
import {
    clusterApiResources,
    customResourceState,
    expiryAnnotation,
    researchResources,
    type StateFamily,
    type StateResource,
} from "../../platform/customResourceState";
import type { CustomResource, ResearchMonitor } from "../../platform/monitors";
import type { Relabeling } from "../../platform/relabeling";
import { pseudonyms } from "../../platform/research";

const tre: ResearchMonitor = {
    clusters: [],
    preset: "lscsde",
    satreVersion: "1.1",
    pseudonymiseUsers: true,
    resources: [],
};

const study: CustomResource = {
    group: "research.example.org",
    version: "v1",
    kind: "Study",
    plural: "studies",
    as: "project",
    labels: { owner: ["spec", "owner"] },
};

function named(resources: StateResource[], kind: string): StateResource {
    const found = resources.filter(({ groupVersionKind }) => groupVersionKind.kind === kind);
    expect(found).toHaveLength(1);
    return found[0]!;
}

function families(resources: StateResource[], name: string): StateFamily[] {
    return resources.flatMap(({ metrics }) => metrics).filter((family) => family.name === name);
}

describe.each(["lscsde", "karectl"] as const)("the preset %s", (preset) => {
    const resources = researchResources({ ...tre, preset });

    it("tells objects of one name in two namespaces apart", () => {
        for (const { labelsFromPath } of resources) {
            expect(labelsFromPath).toEqual({ namespace: ["metadata", "namespace"], name: ["metadata", "name"] });
        }
    });

    it("has each kind once, or kube-state-metrics would exit", () => {
        const kinds = resources.map(({ groupVersionKind: { group, kind } }) => `${group}/${kind}`);
        expect(new Set(kinds).size).toBe(kinds.length);
    });

    it("has a status as states and not as a label, which would go missing with it", () => {
        for (const { labelsFromPath } of resources.flatMap(({ metrics }) => metrics)) {
            expect(labelsFromPath?.["status"]).toBeUndefined();
        }
        expect(families(resources, "tre_workspace_status")[0]?.each).toMatchObject({ type: "StateSet" });
    });

    it("shows no field that may hold a secret", () => {
        expect(JSON.stringify(resources)).not.toMatch(/password|secret|connection|env\b|\*/i);
    });

    it("asks for each family that rules and dashboards ask for, and for one that the catalogue knows", () => {
        const used = families(resources, "tre_workspace_info").concat(
            families(resources, "tre_workspace_binding_info"),
        );
        for (const { name } of used) {
            expect(upstreamMetrics).toHaveProperty([name]);
        }
        expect(used).toHaveLength(2);
    });
});

describe("the catalogue", () => {
    it("has no family that no kind makes", () => {
        const every: CustomResource["as"][] = ["workspace", "user", "project", "dataset"];
        const bindings: CustomResource["as"][] = ["workspaceBinding", "datasetBinding", "other"];
        const resources = [...every, ...bindings].map((as) => ({ ...study, kind: as, as }));
        const made = [
            ...researchResources({ ...tre, resources }),
            ...clusterApiResources("fleet-observability/tenant"),
        ].flatMap(({ metrics }) => metrics.map(({ name }) => name));
        const known = Object.keys(upstreamMetrics).filter((name) => /^(tre|capi_cluster)_/.test(name));
        expect(known.filter((name) => !made.includes(name))).toEqual([]);
    });
});

describe("a workspace", () => {
    const { metrics } = named(researchResources(tre), "AnalyticsWorkspace");

    it("says when it was made and when it ends: by an annotation, or by its own field if that is a time", () => {
        expect(families([named(researchResources(tre), "AnalyticsWorkspace")], "tre_workspace_expires")).toMatchObject([
            {
                commonLabels: { source: "annotation" },
                each: { gauge: { path: ["metadata", "annotations", expiryAnnotation] } },
            },
            { commonLabels: { source: "spec" }, each: { gauge: { path: ["spec", "validity", "expires"] } } },
        ]);
        expect(metrics.find(({ name }) => name === "tre_workspace_created")?.each).toEqual({
            type: "Gauge",
            gauge: { path: ["metadata", "creationTimestamp"] },
        });
    });

    it("fills no log with fields that are not there", () => {
        const optional = metrics.filter(({ name }) => /expires|status/.test(name));
        expect(optional.map(({ errorLogV }) => errorLogV)).toEqual([10, 10, 10]);
    });
});

describe("a grant of a data set", () => {
    it("has a series for each of its approvals: by whom, as what, and when", () => {
        const [approved] = families(researchResources(tre), "tre_dataset_binding_approved");
        expect(approved).toMatchObject({
            labelsFromPath: { workspace: ["spec", "workspace"], dataset: ["spec", "datasource"] },
            each: {
                type: "Gauge",
                gauge: {
                    path: ["spec", "approvals"],
                    valueFrom: ["approvalGiven"],
                    labelsFromPath: { approver: ["email"], approval_type: ["type"] },
                },
            },
        });
    });
});

describe("kinds from config", () => {
    it("are counted as what they are called", () => {
        const made = named(researchResources({ ...tre, resources: [study] }), "Study");
        expect(made.resourcePlural).toBe("studies");
        expect(made.metrics[0]).toMatchObject({ name: "tre_project_info", labelsFromPath: study.labels });
    });

    it("join those of the preset: one entry, the version of config, the labels of both", () => {
        const again: CustomResource = {
            group: "xlscsde.nhs.uk",
            version: "v2",
            kind: "AnalyticsWorkspace",
            plural: "analyticsworkspaces",
            as: "workspace",
            labels: { project: ["spec", "project"] },
        };
        const resources = researchResources({ ...tre, resources: [again, { ...again, as: "project", labels: {} }] });
        const { groupVersionKind, metrics } = named(resources, "AnalyticsWorkspace");
        expect(groupVersionKind.version).toBe("v2");
        expect(metrics[0]?.labelsFromPath).toEqual({
            display_name: ["spec", "displayName"],
            expires: ["spec", "validity", "expires"],
            project: ["spec", "project"],
        });
        expect(metrics.map(({ name }) => name)).toContain("tre_project_info");
    });
});

describe("customResourceState", () => {
    it("is for the clusters of the environment, and for the management cluster", () => {
        const monitors = { tre: { ...tre, clusters: ["a"] }, clusterApi: { cluster: "b", tenantLabel: "team" } };
        const kinds = (cluster: string) =>
            customResourceState(monitors, cluster)?.config.spec.resources.map(
                ({ groupVersionKind }) => groupVersionKind.group,
            );
        expect(new Set(kinds("a"))).toEqual(new Set(["xlscsde.nhs.uk"]));
        expect(kinds("b")).toEqual(["cluster.x-k8s.io"]);
        expect(kinds("c")).toBeUndefined();
        expect(customResourceState(monitors, "b")).toMatchObject({ labels: [], annotations: [] });
    });

    it("feeds one config where a cluster is both, and may list what it names", () => {
        const state = customResourceState({ tre, clusterApi: { cluster: "a", tenantLabel: "team" } }, "a")!;
        const { resources } = state.config.spec;
        expect(resources).toHaveLength(5);
        expect(state.rules).toHaveLength(6);
        expect(state.rules.at(-1)).toEqual({
            apiGroups: ["apiextensions.k8s.io"],
            resources: ["customresourcedefinitions"],
            verbs: ["list", "watch"],
        });
    });

    it("allows exact labels, for a wildcard has no bound", () => {
        const { labels, annotations } = customResourceState(everyMonitor, "cluster-1")!;
        expect(labels).toEqual(["pods=[workspace]"]);
        expect(annotations).toEqual(["pods=[hub.jupyter.org/username]"]);
    });

    it("knows the customer of a Cluster API object by a label, and when its deletion was asked for", () => {
        const [{ metrics } = { metrics: [] }] = clusterApiResources("fleet-observability/tenant");
        expect(metrics.find(({ name }) => name === "capi_cluster_info")?.labelsFromPath).toEqual({
            customer: ["metadata", "labels", "fleet-observability/tenant"],
        });
        expect(metrics.find(({ name }) => name === "capi_cluster_deleting")?.each).toEqual({
            type: "Gauge",
            gauge: { path: ["metadata", "deletionTimestamp"] },
        });
    });
});

/** What Prometheus makes of a series: model/relabel/relabel.go, as far as pseudonyms need it. */
function relabelled(series: Record<string, string>, relabelings: Relabeling[]): Record<string, string> {
    const labels = new Map(Object.entries(series));
    for (const {
        action,
        sourceLabels = [],
        regex = "(.*)",
        targetLabel = "",
        replacement = "$1",
        ...rest
    } of relabelings) {
        const value = sourceLabels.map((label) => labels.get(label) ?? "").join(";");
        const anchored = new RegExp(`^(?:${regex})$`);
        if (action === "hashmod") {
            const digest = createHash("md5").update(value).digest();
            labels.set(targetLabel, String(digest.readBigUInt64BE(8) % BigInt(rest.modulus ?? 0)));
        } else if (action === "labeldrop") {
            [...labels.keys()].filter((label) => anchored.test(label)).forEach((label) => labels.delete(label));
        } else if (anchored.test(value)) {
            labels.set(targetLabel, value.replace(anchored, replacement));
        }
    }
    return Object.fromEntries(labels);
}

describe("pseudonyms", () => {
    const send = (series: Record<string, string>, monitor: ResearchMonitor = tre, tenant = "acme") =>
        relabelled(series, pseudonyms(monitor, tenant));

    it("are none where names may leave the cluster", () => {
        expect(pseudonyms({ ...tre, pseudonymiseUsers: false }, "acme")).toEqual([]);
    });

    it("are found again by hashing tenant and name, as the documentation says", () => {
        const digits = createHash("md5").update("acme;ada@example.org").digest("hex").slice(20);
        expect(send({ username: "ada@example.org" })["username"]).toBe(`user-${BigInt(`0x${digits}`)}`);
    });

    it("join bindings to pods, and are others in another tenant", () => {
        const binding = send({ __name__: "tre_workspace_binding_info", name: "ada-w", username: "ada@example.org" });
        const pod = send({ __name__: "kube_pod_annotations", annotation_hub_jupyter_org_username: "ada@example.org" });
        expect(binding["username"]).toBe(pod["annotation_hub_jupyter_org_username"]);
        expect(send({ username: "ada@example.org" }, tre, "globex")["username"]).not.toBe(binding["username"]);
    });

    const carriers: Record<string, string>[] = [
        { __name__: "tre_workspace_binding_info", name: "ada-genomics", username: "ada", workspace: "genomics" },
        { __name__: "tre_user_info", name: "ada", username: "ada" },
        { __name__: "tre_dataset_binding_approved", name: "genomics-exomes", approver: "ada" },
        { __name__: "kube_pod_annotations", pod: "jupyter-ada", annotation_hub_jupyter_org_username: "ada" },
        { __name__: "container_memory_working_set_bytes", pod: "jupyter-ada", container: "notebook" },
        { __name__: "DCGM_FI_DEV_GPU_UTIL", pod: "dcgm-x", exported_pod: "jupyter-ada" },
        { __name__: "kubelet_volume_stats_used_bytes", persistentvolumeclaim: "claim-ada" },
    ];

    it.each(carriers)("leave no name in $__name__", (series) => {
        expect(JSON.stringify(send(series))).not.toContain("ada");
    });

    const desktops: Record<string, string>[] = [
        { __name__: "tre_workspace_info", name: "ada-desktop", username: "ada" },
        { __name__: "tre_workspace_status", name: "ada-desktop", status: "Running" },
        { __name__: "tre_workspace_binding_created", name: "ada-desktop", workspace: "ada-desktop", username: "ada" },
        { __name__: "kube_pod_owner", pod: "vdi-ada-desktop", owner_kind: "VDIInstance", owner_name: "ada-desktop" },
    ];

    it.each(desktops)("leave no name in karectl's $__name__", (series) => {
        expect(JSON.stringify(send(series, { ...tre, preset: "karectl" }))).not.toContain("ada");
    });

    it("still say which desktop a pod belongs to", () => {
        const [workspace, , , owner] = desktops.map((series) => send(series, { ...tre, preset: "karectl" }));
        expect(owner?.["owner_name"]).toBe(workspace?.["name"]);
    });

    it("leave everything else as it is", () => {
        const series: Record<string, string>[] = [
            { __name__: "kube_pod_info", pod: "portal-7d9f-a", namespace: "portal", created_by_name: "portal-7d9f" },
            { __name__: "tre_workspace_info", name: "genomics", namespace: "jupyterhub", display_name: "Genomics" },
            { __name__: "up", job: "node-exporter", instance: "10.0.0.10:9100" },
        ];
        for (const labels of series) {
            expect(send(labels)).toEqual(labels);
        }
    });
});
