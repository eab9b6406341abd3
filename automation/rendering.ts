import { stringify } from "yaml";
import { isMap } from "../charts/merge";
import { compare, type Plan, type PlannedResource } from "./planStack";

/** What stands in a rendered Secret, so that nobody takes it for the real one. */
const placeholderAnnotation = "fleet-observability/placeholder";

/** The order in which `kubectl apply` has to take them; custom resources come last. */
const kinds = [
    "Namespace",
    "PersistentVolumeClaim",
    "Secret",
    "ConfigMap",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "Service",
    "PodDisruptionBudget",
    "Deployment",
    "CronJob",
    "Ingress",
    "Gateway",
    "HTTPRoute",
    "PrometheusRule",
    "ServiceMonitor",
    "PodMonitor",
    "Probe",
    "ScrapeConfig",
    "Prometheus",
];

/** A release as Helm takes it. */
export interface RenderedRelease {
    name: string;
    namespace: string;
    chart: string;
    version?: string;
    repository?: string;
    skipCrds: boolean;
    values: Readonly<Record<string, unknown>>;
}

/** What one cluster gets, as planned. */
export interface ClusterContent {
    cluster: string;
    manifests: PlannedResource[];
    /** In the order in which they can be installed. */
    releases: PlannedResource[];
}

/** What one cluster gets. */
interface RenderedCluster {
    cluster: string;
    manifests: Manifest[];
    releases: RenderedRelease[];
}

/** A Kubernetes object. */
export interface Manifest {
    apiVersion: string;
    kind: string;
    metadata: Readonly<Record<string, unknown>> & { name: string };
    [field: string]: unknown;
}

/** The files that hold, per cluster, a plan's manifests and releases: contents by path. The same plan, the same bytes. */
export function renderedFiles(plan: Plan): Map<string, string> {
    const clusters = clusterContents(plan).map(({ cluster, manifests, releases }) => ({
        cluster,
        manifests: manifests.map(manifest),
        releases: releases.map(renderedRelease),
    }));
    return new Map([
        ...clusters.flatMap((cluster) => [...manifestFiles(cluster), ...releaseFiles(cluster)]),
        ["README.md", readme(plan.stack, clusters)],
    ]);
}

/** What a plan puts into each cluster that gets anything; what is made in clouds is nobody's here. */
export function clusterContents(plan: Plan): ClusterContent[] {
    return plan.counts
        .map(({ cluster }) =>
            clusterContent(
                cluster,
                plan.resources.filter((resource) => resource.cluster === cluster),
            ),
        )
        .filter(({ manifests, releases }) => manifests.length + releases.length > 0);
}

function clusterContent(cluster: string, resources: PlannedResource[]): ClusterContent {
    const inKubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    const isRelease = ({ type }: PlannedResource) => type === "kubernetes:helm.sh/v3:Release";
    const releases = inKubernetes.filter(isRelease);
    const releasesBefore = ({ dependsOn }: PlannedResource) =>
        releases.filter(({ urn }) => dependsOn.includes(urn)).length;
    return {
        cluster,
        manifests: inKubernetes.filter((resource) => !isRelease(resource)),
        releases: releases.sort(
            (one, other) => releasesBefore(one) - releasesBefore(other) || compare(one.name, other.name),
        ),
    };
}

function manifest({ inputs }: PlannedResource): Manifest {
    const written = inputs as Manifest;
    return written.kind === "Secret" ? placeholderSecret(written) : written;
}

/** The keys that a Secret has. */
export function secretKeys(secret: Manifest): string[] {
    return [secret["data"], secret["stringData"]].flatMap((data) => (isMap(data) ? Object.keys(data) : []));
}

/** Every value is a placeholder, as text: an API server takes `stringData` as it is and encodes it itself. */
function placeholderSecret(secret: Manifest): Manifest {
    const { data: _data, stringData: _stringData, ...rest } = secret;
    const { annotations, ...metadata } = secret.metadata;
    return {
        ...rest,
        metadata: {
            ...metadata,
            name: secret.metadata.name,
            annotations: { ...(isMap(annotations) ? annotations : {}), [placeholderAnnotation]: "true" },
        },
        stringData: Object.fromEntries(secretKeys(secret).map((key) => [key, `<set by pulumi up: ${key}>`])),
    };
}

/** A planned release, as Helm takes it. */
export function renderedRelease({ inputs }: PlannedResource): RenderedRelease {
    const repository = isMap(inputs["repositoryOpts"]) ? inputs["repositoryOpts"]["repo"] : undefined;
    return {
        name: String(inputs["name"]),
        namespace: String(inputs["namespace"]),
        chart: String(inputs["chart"]),
        ...(typeof inputs["version"] === "string" ? { version: inputs["version"] } : {}),
        ...(typeof repository === "string" ? { repository } : {}),
        skipCrds: inputs["skipCrds"] === true,
        values: isMap(inputs["values"]) ? inputs["values"] : {},
    };
}

function manifestFiles({ cluster, manifests }: RenderedCluster): [path: string, content: string][] {
    return manifests.map((one) => [
        `${cluster}/manifests/${manifestFile(one)}`,
        (one.kind === "Secret" ? "# A placeholder: `pulumi up` makes the Secret with its real values.\n" : "") +
            yaml(one),
    ]);
}

/** The name of a manifest's file. A directory of them, in the order of their names, can be applied. */
export function manifestFile(one: Manifest): string {
    return `${rank(one)}-${one.kind.toLowerCase()}-${one.metadata.name}.yaml`;
}

/** Of a kind and not of a manifest: a dashboard more must not rename every file after it. */
function rank({ kind }: Manifest): string {
    const position = kinds.indexOf(kind);
    return String(position === -1 ? kinds.length : position).padStart(2, "0");
}

function releaseFiles({ cluster, releases }: RenderedCluster): [path: string, content: string][] {
    return releases.flatMap(({ values, ...coordinates }) => {
        const directory = `${cluster}/releases/${coordinates.name}`;
        return [
            [`${directory}/release.yaml`, yaml(coordinates)],
            [`${directory}/values.yaml`, yaml(values)],
        ] as [string, string][];
    });
}

/** A YAML document with its keys in order, the same bytes for the same content. */
export function yaml(content: unknown): string {
    return stringify(content, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false });
}

function readme(stack: string, clusters: RenderedCluster[]): string {
    return [
        `# Stack ${stack}, rendered`,
        "",
        "What the program puts into each cluster, written by `npm run render`; another run replaces it. Nothing here is a",
        `secret: Secrets hold placeholders and carry the annotation \`${placeholderAnnotation}\`, so never apply them over`,
        "real ones. The order that works: the namespace, the release of the custom resource definitions, the other",
        "manifests, the other releases. A server-side dry run needs the first two to be there.",
        ...clusters.flatMap(({ cluster, manifests, releases }) => [
            "",
            `## ${cluster}`,
            "",
            ...(manifests.length === 0 ? [] : [`    kubectl apply --dry-run=server -f ${cluster}/manifests`]),
            ...releases.map((one) => `    ${templateCommand(cluster, one)}`),
        ]),
        "",
    ].join("\n");
}

function templateCommand(
    cluster: string,
    { name, namespace, chart, version, repository, skipCrds }: RenderedRelease,
): string {
    return [
        `helm template ${name} ${chart}`,
        ...(repository === undefined ? [] : [`--repo ${repository}`]),
        ...(version === undefined ? [] : [`--version ${version}`]),
        `--namespace ${namespace}`,
        ...(skipCrds ? ["--skip-crds"] : []),
        `-f ${cluster}/releases/${name}/values.yaml`,
    ].join(" ");
}
