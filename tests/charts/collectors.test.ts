import type { Plan } from "../../automation/planStack";
import { platformJobs } from "../../platform/keepList";
import { planWith } from "../automation/planWith";
import { at } from "./at";
import { itWithCharts } from "./chartsDirectory";
import * as rendering from "./rendering";

const customers = [
    {
        name: "acme-1",
        context: "acme-1",
        // Braces that the chart would take for a template.
        logs: { redact: [{ name: "braces", expression: "a{{1}b}}" }] },
    },
    { name: "globex-1", context: "globex-1", logs: { sources: ["nodes"] } },
];

let plan: Promise<Plan> | undefined;

function planned(): Promise<Plan> {
    return (plan ??= planWith({ logs: { enabled: true }, customers }));
}

/** What Helm makes of a release, by kind. */
async function rendered(release: string, directory: string): Promise<Record<string, unknown>> {
    const manifests = rendering.rendered(await planned(), directory, release)[release] ?? [];
    return Object.fromEntries(manifests.map((manifest) => [manifest.kind, manifest]));
}

async function content(release: string): Promise<string> {
    const found = (await planned()).resources.find(
        ({ type, name }) => type === "kubernetes:helm.sh/v3:Release" && name === release,
    );
    return String(at(found?.inputs.values, "alloy", "configMap", "content"));
}

describe("the collectors, through the real chart", () => {
    itWithCharts(
        "are scraped as jobs of the platform's own, whose metrics are held against the keep-list",
        async (directory) => {
            for (const release of ["acme-1-alloy-logs", "acme-1-alloy-events"]) {
                const { Service, ServiceMonitor } = await rendered(release, directory);
                // Without a jobLabel the job is the Service's name.
                expect(at(ServiceMonitor, "spec")).not.toHaveProperty("jobLabel");
                expect(at(ServiceMonitor, "spec", "endpoints")).toEqual([
                    expect.not.objectContaining({ relabelings: expect.anything() as unknown }),
                ]);
                expect(at(Service, "metadata", "labels")).toMatchObject(
                    at(ServiceMonitor, "spec", "selector", "matchLabels") as object,
                );
                expect(platformJobs).toContain(at(Service, "metadata", "name"));
            }
        },
    );

    itWithCharts("are a DaemonSet on every node, with the node's logs and its own memory", async (directory) => {
        const { DaemonSet, ClusterRole, ServiceMonitor, ConfigMap, Secret } = await rendered(
            "acme-1-alloy-logs",
            directory,
        );
        const pod = at(DaemonSet, "spec", "template", "spec");
        expect(at(pod, "tolerations")).toEqual([{ operator: "Exists" }]);
        expect(at(pod, "containers")).toHaveLength(1);
        expect(at(pod, "containers", 0, "args")).toEqual(
            expect.arrayContaining(["--storage.path=/var/lib/alloy", "--disable-reporting"]),
        );
        const mounts = at(pod, "containers", 0, "volumeMounts") as { mountPath: string }[];
        expect(mounts.map(({ mountPath }) => mountPath).sort()).toEqual([
            "/etc/alloy",
            "/etc/fleet-observability",
            "/run/log/journal",
            "/var/lib/alloy",
            "/var/log",
        ]);
        expect(at(ClusterRole, "rules")).toEqual([
            { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
            { apiGroups: [""], resources: ["pods"], verbs: ["watch"] },
        ]);
        expect(at(ServiceMonitor, "spec", "endpoints")).toEqual([expect.objectContaining({ honorLabels: true })]);
        expect(Secret).toBeUndefined();
        // The template is the identity.
        const braces = (await content("acme-1-alloy-logs")).replaceAll('{{ "{{" }}', "{{");
        expect(braces).toContain("a{{1}b}}");
        expect(String(at(ConfigMap, "data", "config.alloy")).trim()).toBe(braces.trim());
    });

    itWithCharts("are one pod for events, with a volume", async (directory) => {
        const { StatefulSet, ClusterRole } = await rendered("acme-1-alloy-events", directory);
        expect(at(StatefulSet, "spec", "replicas")).toBe(1);
        expect(at(StatefulSet, "spec", "volumeClaimTemplates")).toHaveLength(1);
        expect(at(StatefulSet, "spec", "template", "spec", "securityContext")).toEqual({ fsGroup: 473 });
        const rules = at(ClusterRole, "rules") as { resources: string[] }[];
        expect(rules.flatMap(({ resources }) => resources)).toEqual(["events", "events"]);
    });

    itWithCharts("have no rights where they ask Kubernetes nothing", async (directory) => {
        const { ClusterRole, ClusterRoleBinding, DaemonSet } = await rendered("globex-1-alloy-logs", directory);
        expect([ClusterRole, ClusterRoleBinding]).toEqual([undefined, undefined]);
        expect(DaemonSet).toBeDefined();
    });
});
