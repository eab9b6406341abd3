import { stringify } from "yaml";
import { isMap } from "../charts/merge";
import { unknownMask } from "./masking";
import { compare, type Plan, type PlannedResource } from "./planStack";

/** What stands in a rendered Secret, so that nobody takes it for the real one. */
const placeholderAnnotation = "fleet-observability/placeholder";

/** The order in which `kubectl apply` has to take them; custom resources come last. */
const kinds = [
    "Namespace",
    "PersistentVolumeClaim",
    "Secret",
    "ConfigMap",
    "Service",
    "CronJob",
    "Ingress",
    "Gateway",
    "HTTPRoute",
    "PrometheusRule",
    "Probe",
];

/** A release as Helm takes it. */
interface RenderedRelease {
    name: string;
    namespace: string;
    chart: string;
    version?: string;
    repository?: string;
    skipCrds: boolean;
    values: Readonly<Record<string, unknown>>;
}

/** What one cluster gets. */
interface RenderedCluster {
    cluster: string;
    manifests: Manifest[];
    releases: RenderedRelease[];
}

interface Manifest {
    apiVersion: string;
    kind: string;
    metadata: Readonly<Record<string, unknown>> & { name: string };
    [field: string]: unknown;
}

/** The files that hold, per cluster, a plan's manifests and releases: contents by path. The same plan, the same bytes. */
export function renderedFiles(plan: Plan): Map<string, string> {
    const clusters = plan.counts
        .map(({ cluster }) =>
            renderedCluster(
                cluster,
                plan.resources.filter((resource) => resource.cluster === cluster),
            ),
        )
        .filter(({ manifests, releases }) => manifests.length + releases.length > 0);
    return new Map([
        ...clusters.flatMap((cluster) => [...manifestFiles(cluster), ...releaseFiles(cluster)]),
        ["README.md", readme(plan.stack, clusters)],
    ]);
}

function renderedCluster(cluster: string, resources: PlannedResource[]): RenderedCluster {
    const inKubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    const isRelease = ({ type }: PlannedResource) => type === "kubernetes:helm.sh/v3:Release";
    const releases = inKubernetes.filter(isRelease);
    const releasesBefore = ({ dependsOn }: PlannedResource) =>
        releases.filter(({ urn }) => dependsOn.includes(urn)).length;
    return {
        cluster,
        manifests: inKubernetes.filter((resource) => !isRelease(resource)).map(manifest),
        releases: releases
            .sort((one, other) => releasesBefore(one) - releasesBefore(other) || compare(one.name, other.name))
            .map(release),
    };
}

function manifest({ inputs }: PlannedResource): Manifest {
    const written = inputs as Manifest;
    switch (written.kind) {
        case "Secret":
            return placeholderSecret(written);
        case "PrometheusRule":
            return knownRules(written);
        default:
            return written;
    }
}

/** Without rules whose expression only `up` knows: the operator's webhook refuses what is no PromQL. */
function knownRules(rule: Manifest): Manifest {
    const { groups } = rule["spec"] as { groups: { rules: { expr: string }[] }[] };
    return {
        ...rule,
        spec: {
            groups: groups.map((group) => ({
                ...group,
                rules: group.rules.filter(({ expr }) => expr !== unknownMask),
            })),
        },
    };
}

/** Every value is a placeholder, as text: an API server takes `stringData` as it is and encodes it itself. */
function placeholderSecret(secret: Manifest): Manifest {
    const keys = [secret["data"], secret["stringData"]].flatMap((data) => (isMap(data) ? Object.keys(data) : []));
    const { data: _data, stringData: _stringData, ...rest } = secret;
    const { annotations, ...metadata } = secret.metadata;
    return {
        ...rest,
        metadata: {
            ...metadata,
            name: secret.metadata.name,
            annotations: { ...(isMap(annotations) ? annotations : {}), [placeholderAnnotation]: "true" },
        },
        stringData: Object.fromEntries(keys.map((key) => [key, `<set by pulumi up: ${key}>`])),
    };
}

function release({ inputs }: PlannedResource): RenderedRelease {
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
        `${cluster}/manifests/${rank(one)}-${one.kind.toLowerCase()}-${one.metadata.name}.yaml`,
        (one.kind === "Secret" ? "# A placeholder: `pulumi up` makes the Secret with its real values.\n" : "") +
            yaml(one),
    ]);
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

function yaml(content: unknown): string {
    return stringify(content, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false });
}

function readme(stack: string, clusters: RenderedCluster[]): string {
    return [
        `# Stack ${stack}, rendered`,
        "",
        "What the program puts into each cluster, written by `npm run render`; another run replaces it. Nothing here is a",
        `secret: Secrets hold placeholders and carry the annotation \`${placeholderAnnotation}\`, so never apply them over`,
        "real ones. The order that works: the namespace, the release of the custom resource definitions, the other",
        "manifests, the other releases. A server-side dry run needs the first two to be there. Left out is when a cluster's",
        "certificate expires, a rule of its inventory that only `pulumi up` knows.",
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
