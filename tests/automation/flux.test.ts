import { posix } from "node:path";
import { parse } from "yaml";
import { fluxFiles } from "../../automation/flux";
import { planStack, type Plan } from "../../automation/planStack";
import { renderedFiles } from "../../automation/rendering";
import { exampleSections, withStackFile } from "./examples";
import { fluxObjects, ofKind, type FluxObject, type FluxOf } from "./fluxObjects";

jest.setTimeout(120_000);

let prod: Plan;
let files: Map<string, string>;
let objects: FluxObject[];
let kustomizations: Map<string, FluxOf<"Kustomization">>;
let releases: Map<string, FluxOf<"HelmRelease">>;

beforeAll(async () => {
    prod = await planStack({ stack: "prod" });
    files = fluxFiles(prod, "./clusters/prod");
    objects = fluxObjects(files);
    kustomizations = ofKind(objects, "Kustomization");
    releases = ofKind(objects, "HelmRelease");
});

/** What a directory's kustomization.yaml lists. */
function listed(directory: string): string[] {
    const { resources } = parse(files.get(posix.join(directory, "kustomization.yaml")) ?? "") as {
        resources: string[];
    };
    return resources.map((resource) => posix.join(directory, resource));
}

/** The objects that a stage of a cluster applies. */
function applied(directory: string) {
    return listed(directory).map(
        (path) =>
            parse(files.get(path) ?? "") as {
                kind: string;
                metadata: { name: string; annotations?: Record<string, string> };
            },
    );
}

async function dev(changes: Record<string, unknown>): Promise<Plan> {
    return withStackFile(exampleSections("dev", changes), (config) => planStack({ stack: "dev", config }));
}

describe("a stack rendered for Flux", () => {
    test("has what every cluster gets, each file applied by one Kustomization and none by two", () => {
        const roots = [
            ".",
            ...[...kustomizations.values()].map(({ spec }) => posix.relative("clusters/prod", spec.path)),
        ];
        const seen = roots.flatMap((root) => [posix.join(root, "kustomization.yaml"), ...listed(root)]);
        expect(seen.sort()).toEqual([...files.keys()].filter((path) => path !== "README.md").sort());
    });

    test("has every manifest of the plain rendering but Secrets", () => {
        const named = (rendered: Map<string, string>, where: RegExp) =>
            [...rendered.keys()]
                .filter((path) => where.test(path) && !/kustomization\.yaml$|-secret-/.test(path))
                .map((path) => path.replace(where, "$1/"))
                .sort();
        expect(named(files, /^([^/]+)\/(?:before|after)-releases\//)).toEqual(
            named(renderedFiles(prod), /^([^/]+)\/manifests\//),
        );
        expect([...files.values()].some((content) => /^kind: Secret$/m.test(content))).toBe(false);
    });

    test("a release keeps its name, its namespace and its values in the cluster", () => {
        const kps = releases.get("prod-acme-1-kps");
        expect(kps?.spec).toMatchObject({
            releaseName: "kps",
            targetNamespace: "observability",
            storageNamespace: "observability",
            dependsOn: [{ name: "prod-acme-1-prometheus-operator-crds" }],
            kubeConfig: { secretRef: { name: "acme-1-kubeconfig" } },
        });
        expect(kps?.spec.values).toEqual(prod.resources.find(({ name }) => name === "acme-1-kps")?.inputs["values"]);
    });

    test("every release that has monitors waits for its cluster's CRDs, and for none of another cluster", () => {
        expect(releases.size).toBe(prod.resources.filter(({ type }) => type.endsWith(":Release")).length);
        for (const [name, { spec }] of releases) {
            const cluster = name.slice(0, -spec.releaseName.length);
            expect([name, spec.dependsOn]).toEqual([
                name,
                // A tenant's Grafana tells nobody how it fares.
                ["prometheus-operator-crds", "grafana-acme"].includes(spec.releaseName)
                    ? undefined
                    : [{ name: `${cluster}prometheus-operator-crds` }],
            ]);
        }
    });

    test("a chart has one source for all clusters, at its pinned version", () => {
        const sources = ofKind(objects, "OCIRepository");
        const used = [...releases.values()].map(({ spec }) => spec.chartRef?.name);
        expect([...new Set(used)].sort()).toEqual([...sources.keys()].sort());
        expect(sources.get("prod-thanos")?.spec.url).toBe("oci://ghcr.io/thanos-community/helm-charts/thanos");
    });

    test("stages are in the plan's order: the namespace, releases, and what needs their CRDs", () => {
        const stages = ["before-releases", "releases", "after-releases"].map((stage) => `prod-observer-a-${stage}`);
        expect(stages.map((stage) => kustomizations.get(stage)?.spec.dependsOn)).toEqual([
            undefined,
            [{ name: stages[0] }],
            [{ name: stages[1] }],
        ]);
        expect(kustomizations.get(stages[1] ?? "")?.spec.wait).toBe(true);
        const kinds = (stage: string) => [...new Set(applied(`observer-a/${stage}`).map(({ kind }) => kind))];
        expect(kinds("before-releases")).toEqual(["Namespace", "ConfigMap", "CronJob"]);
        expect(kinds("after-releases")).toEqual([
            "ConfigMap",
            "NetworkPolicy",
            "Service",
            "PodDisruptionBudget",
            "Deployment",
            "Gateway",
            "HTTPRoute",
            "PrometheusRule",
            "ServiceMonitor",
            "Probe",
            "ScrapeConfig",
        ]);
        expect(applied("acme-1/before-releases").map(({ kind }) => kind)).toEqual(["Namespace"]);
        expect(kustomizations.has("prod-acme-2-after-releases")).toBe(false);
    });

    test("what is applied in a customer's cluster takes its kubeconfig; Flux runs in the observer's", () => {
        const kubeConfigs = (objects: Map<string, FluxOf<"Kustomization"> | FluxOf<"HelmRelease">>, cluster: string) =>
            [...objects]
                .filter(([name]) => name.startsWith(`prod-${cluster}-`))
                .map(([name, { spec }]) => [name.slice(`prod-${cluster}-`.length), spec.kubeConfig?.secretRef.name]);
        expect(kubeConfigs(kustomizations, "acme-1")).toEqual([
            ["before-releases", "acme-1-kubeconfig"],
            ["releases", undefined],
            ["after-releases", "acme-1-kubeconfig"],
        ]);
        expect(new Set(kubeConfigs(releases, "acme-1").map(([, secret]) => secret))).toEqual(
            new Set(["acme-1-kubeconfig"]),
        );
        const observer = [...kubeConfigs(kustomizations, "observer-a"), ...kubeConfigs(releases, "observer-a")];
        expect(observer.length).toBeGreaterThan(4);
        expect(observer.every(([, secret]) => secret === undefined)).toBe(true);
    });

    test("a namespace is never pruned: Helm's records are in it", () => {
        for (const cluster of ["observer-a", "acme-1"]) {
            const namespace = applied(`${cluster}/before-releases`).find(({ kind }) => kind === "Namespace");
            expect(namespace?.metadata.annotations).toMatchObject({ "kustomize.toolkit.fluxcd.io/prune": "disabled" });
        }
        const others = applied("observer-a/after-releases").flatMap(({ metadata }) =>
            Object.keys(metadata.annotations ?? {}),
        );
        expect(others).not.toContain("kustomize.toolkit.fluxcd.io/prune");
    });

    test("the inventory expects every customer, and says nothing of certificates that others make", () => {
        const { spec } = parse(files.get("observer-a/after-releases/15-prometheusrule-inventory.yaml") ?? "") as {
            spec: { groups: { rules: { record: string; labels: { cluster: string } }[] }[] };
        };
        expect(spec.groups.flatMap(({ rules }) => rules.map(({ record, labels }) => [record, labels.cluster]))).toEqual(
            ["acme-1", "acme-2", "globex-1", "initech-edge"].map((cluster) => ["fleet_cluster_info", cluster]),
        );
    });

    test("the README lists every Secret with its keys, the kubeconfigs, and the values that are still open", () => {
        const lines = (files.get("README.md") ?? "").split("\n");
        expect(lines).toContain("| observer-a | observability/thanos-objstore | Opaque | objstore.yml |");
        expect(lines).toContain("| where Flux runs | flux-system/globex-1-kubeconfig | Opaque | value |");
        const secrets = prod.resources.filter(({ type }) => type === "kubernetes:core/v1:Secret").length;
        expect(lines.filter((line) => / \| (observability|portal)\//.test(line))).toHaveLength(secrets);
        expect(lines).toContain(
            "- `observer-a/releases/thanos.yaml: spec values global serviceAccount annotations azure.workload.identity/client-id`: `<clientId of storage-identity>`",
        );
    });

    test("is the same every time", async () => {
        expect([...fluxFiles(await planStack({ stack: "prod" }), "clusters/prod/")]).toEqual([...files]);
    });
});

test("without a path, the directory is the repository's root; one that leaves the repository is refused", () => {
    const [kustomization] = ofKind(fluxObjects(fluxFiles(prod, ".")), "Kustomization").values();
    expect(kustomization?.spec.path).toBe("./acme-1/before-releases");
    for (const path of ["/clusters", "../clusters", "clusters/../.."]) {
        expect(() => fluxFiles(prod, path)).toThrow(`--flux ${path} is not a path in a repository`);
    }
});

test("charts from an HTTPS repository; with readiness skip, nothing is waited for", async () => {
    const plan = await dev({ mirror: { chartRepository: "https://charts.example.org/" }, readiness: "skip" });
    const rendered = fluxObjects(fluxFiles(plan, "."));
    expect(ofKind(rendered, "HelmRepository").get("dev-charts")?.spec.url).toBe("https://charts.example.org");
    const thanos = ofKind(rendered, "HelmRelease").get("dev-observer-thanos");
    expect(thanos?.spec).toMatchObject({
        chart: { spec: { chart: "thanos", sourceRef: { name: "dev-charts" } } },
        install: { disableWait: true },
        upgrade: { disableWait: true },
    });
    expect(releases.get("prod-observer-a-thanos")?.spec.install).not.toHaveProperty("disableWait");
});

test("a chart in a directory is nothing that Flux can fetch: one clear error", () => {
    const [release] = prod.resources.filter(({ type }) => type.endsWith(":Release"));
    const inputs = { ...release?.inputs, chart: "charts-mirror/thanos-0.38.0.tgz", version: undefined };
    const plan = { ...prod, resources: prod.resources.map((one) => (one === release ? { ...one, inputs } : one)) };
    expect(() => fluxFiles(plan, ".")).toThrow("Set mirror.chartRepository in place of mirror.chartDirectory");
});

test("a name that no label could hold is one clear error", () => {
    const plan = { ...prod, stack: "a-stack-whose-name-leaves-no-room-for-others" };
    expect(() => fluxFiles(plan, ".")).toThrow(/Flux cannot take the name a-stack-\S+: it has \d+ characters/);
});

test("what reaches into a cluster that is gone is suspended, and nothing waits for it", async () => {
    const customers = exampleSections("dev")["customers"] as object[];
    const plan = await dev({ customers: [{ ...customers[0], decommissioned: true }] });
    const rendered = fluxObjects(fluxFiles(plan, "."));
    const suspended = rendered.filter(({ spec }) => "suspend" in spec && spec.suspend === true);
    expect(suspended.map(({ metadata }) => metadata.name).sort()).toEqual([
        "dev-customer-1-before-releases",
        "dev-customer-1-kps",
        "dev-customer-1-prometheus-operator-crds",
    ]);
    expect(ofKind(rendered, "Kustomization").get("dev-customer-1-releases")?.spec).not.toHaveProperty("dependsOn");
});
