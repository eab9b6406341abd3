import { posix } from "node:path";
import { credentialExpiry } from "../alerts";
import { isMap } from "../charts/merge";
import type { CustomerStatus } from "../outputs";
import { UsageError } from "./commandLine";
import { unknownMask } from "./masking";
import { compare, type Plan, type PlannedResource } from "./planStack";
import {
    clusterContents,
    manifestFile,
    renderedRelease,
    secretKeys,
    yaml,
    type ClusterContent,
    type Manifest,
    type RenderedRelease,
} from "./rendering";

/** Where Flux runs: in this namespace of the observer, from where it reaches the customers' clusters. */
const fluxNamespace = "flux-system";

/** The GitRepository that holds the rendered directory. */
const gitRepository = "fleet-observability";

/** Flux labels what it applies with the names of its objects, and a label's value is at most this long. */
const longestName = 63;

/** A directory of a cluster's content and the Kustomization that applies it: what is done before, with and after its releases. */
type Stage = "before-releases" | "releases" | "after-releases";

/** A cluster's content as Flux takes it. */
interface FluxCluster {
    cluster: string;
    /** The objects of each stage by their file; a stage without any is left out. */
    stages: Map<Stage, Map<string, Manifest>>;
    /** What Flux needs to reach into the cluster; nothing in the cluster that it runs in. */
    reach: { kubeConfig?: { secretRef: { name: string } }; suspend?: true };
    secrets: Manifest[];
}

/**
 * The files by which Flux keeps a plan's clusters as planned: contents by path. The same plan, the same bytes. Secrets are
 * left out; the README among the files lists them.
 *
 * @param path the directory's path in the repository that Flux reads
 * @throws UsageError when a chart comes from a directory, a name is too long for a label, or the path leaves the repository
 */
export function fluxFiles(plan: Plan, path: string): Map<string, string> {
    const root = pathInRepository(path);
    const customers = plan.outputs["customers"] as Record<string, CustomerStatus>;
    const contents = clusterContents(plan);
    const before = dependencies(plan.resources);
    const clusters = contents.map((content) => fluxCluster(plan.stack, content, before, customers[content.cluster]));
    const sources = chartSources(
        plan.stack,
        contents.flatMap(({ releases }) => releases.map(renderedRelease)),
    );
    return new Map([
        ["sources.yaml", documents(sources)],
        ...clusters.flatMap((cluster) => clusterFiles(plan.stack, cluster, root)),
        ["kustomization.yaml", listing(["sources.yaml", ...clusters.map(({ cluster }) => `${cluster}/flux.yaml`)])],
        ["README.md", readme(plan.stack, root, clusters)],
    ]);
}

function pathInRepository(path: string): string {
    const inside = posix.normalize(path).replace(/^\.?\/|\/+$/g, "");
    if (posix.isAbsolute(path) || inside.split("/").includes("..")) {
        throw new UsageError(
            `--flux ${path} is not a path in a repository; write it from the repository's root, such as ./clusters/prod`,
        );
    }
    return inside === "" || inside === "." ? "." : `./${inside}`;
}

function fluxCluster(
    stack: string,
    { cluster, manifests, releases }: ClusterContent,
    before: Dependencies,
    customer: CustomerStatus | undefined,
): FluxCluster {
    const releasesBefore = (resource: PlannedResource) => {
        const all = before(resource.urn);
        return releases.filter(({ urn }) => all.has(urn));
    };
    const isAfterRelease = (resource: PlannedResource) => releasesBefore(resource).length > 0;
    const isSecret = ({ inputs }: PlannedResource) => inputs["kind"] === "Secret";
    const applied = manifests.filter((resource) => !isSecret(resource));
    const reach = {
        ...(customer === undefined ? {} : { kubeConfig: { secretRef: { name: `${cluster}-kubeconfig` } } }),
        // Deleted while it is suspended, an object of Flux leaves alone what it has made: the cluster does not answer.
        ...(customer?.status === "decommissioned" ? { suspend: true as const } : {}),
    };
    const stages: [Stage, Map<string, Manifest>][] = [
        ["before-releases", files(applied.filter((one) => !isAfterRelease(one)).map(fluxManifest))],
        [
            "releases",
            new Map(
                releases.map((release) => [
                    `${renderedRelease(release).name}.yaml`,
                    helmRelease(stack, cluster, release, releasesBefore(release), reach),
                ]),
            ),
        ],
        ["after-releases", files(applied.filter(isAfterRelease).map(fluxManifest))],
    ];
    return {
        cluster,
        stages: new Map(stages.filter(([, objects]) => objects.size > 0)),
        reach,
        secrets: manifests.filter(isSecret).map(({ inputs }) => inputs as Manifest),
    };
}

/** Of a resource, by its URN, everything that the plan makes before it. */
type Dependencies = (urn: string) => ReadonlySet<string>;

function dependencies(resources: PlannedResource[]): Dependencies {
    const direct = new Map(resources.map(({ urn, dependsOn }) => [urn, dependsOn]));
    return (urn) => {
        const all = new Set(direct.get(urn));
        // A set gives what is added to it while it is walked through.
        for (const one of all) {
            direct.get(one)?.forEach((further) => all.add(further));
        }
        return all;
    };
}

function files(manifests: Manifest[]): Map<string, Manifest> {
    return new Map(manifests.map((manifest) => [manifestFile(manifest), manifest]));
}

function fluxManifest({ inputs, retainOnDelete }: PlannedResource): Manifest {
    const manifest = withoutExpiry(inputs as Manifest);
    // Helm's record of the releases is in the namespace: without it, nothing could uninstall them.
    if (manifest.kind !== "Namespace" && !retainOnDelete) {
        return manifest;
    }
    const { annotations, ...metadata } = manifest.metadata;
    return {
        ...manifest,
        metadata: {
            ...metadata,
            name: manifest.metadata.name,
            annotations: {
                ...(isMap(annotations) ? annotations : {}),
                "kustomize.toolkit.fluxcd.io/prune": "disabled",
            },
        },
    };
}

/** Without the series that says when the program's certificates expire: agents write with somebody else's. */
function withoutExpiry(manifest: Manifest): Manifest {
    if (manifest.kind !== "PrometheusRule") {
        return manifest;
    }
    const { groups } = manifest["spec"] as { groups: { rules: { record?: string }[] }[] };
    return {
        ...manifest,
        spec: {
            groups: groups.map((group) => ({
                ...group,
                rules: group.rules.filter(({ record }) => record !== credentialExpiry),
            })),
        },
    };
}

function helmRelease(
    stack: string,
    cluster: string,
    planned: PlannedResource,
    before: PlannedResource[],
    reach: FluxCluster["reach"],
): Manifest {
    const { inputs } = planned;
    const release = renderedRelease(planned);
    const action = {
        crds: "Skip",
        // As the next `up` would: neither uninstalled nor rolled back.
        strategy: { name: "RetryOnFailure" },
        ...(inputs["skipAwait"] === true ? { disableWait: true } : {}),
    };
    return fluxObject("helm.toolkit.fluxcd.io/v2", "HelmRelease", objectName(stack, cluster, release.name), {
        ...reach,
        ...chartOf(stack, release),
        ...(before.length === 0
            ? {}
            : {
                  dependsOn: before.map((one) => ({ name: objectName(stack, cluster, renderedRelease(one).name) })),
              }),
        releaseName: release.name,
        targetNamespace: release.namespace,
        storageNamespace: release.namespace,
        interval: "1h",
        timeout: `${Number(inputs["timeout"])}s`,
        maxHistory: inputs["maxHistory"],
        install: action,
        upgrade: { ...action, cleanupOnFail: inputs["cleanupOnFail"] },
        values: release.values,
    });
}

/** How a HelmRelease names its chart, by the source that {@link chartSources} makes of it. */
function chartOf(stack: string, release: RenderedRelease): Record<string, unknown> {
    const name = sourceName(stack, release);
    return release.repository === undefined
        ? { chartRef: { kind: "OCIRepository", name } }
        : {
              chart: {
                  spec: {
                      chart: release.chart,
                      version: release.version,
                      interval: "1h",
                      sourceRef: { kind: "HelmRepository", name },
                  },
              },
          };
}

/** Where Flux gets the charts of `releases`, each once for all clusters. */
function chartSources(stack: string, releases: RenderedRelease[]): Manifest[] {
    const byName = new Map(releases.map((release) => [sourceName(stack, release), release]));
    return [...byName]
        .sort(([one], [other]) => compare(one, other))
        .map(([name, { chart, version, repository }]) =>
            repository === undefined
                ? fluxObject("source.toolkit.fluxcd.io/v1", "OCIRepository", name, {
                      interval: "1h",
                      url: chart,
                      ref: { tag: version },
                      layerSelector: {
                          mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                          operation: "copy",
                      },
                  })
                : fluxObject("source.toolkit.fluxcd.io/v1", "HelmRepository", name, {
                      interval: "1h",
                      url: repository,
                  }),
        );
}

function sourceName(stack: string, { chart, repository }: RenderedRelease): string {
    if (repository !== undefined) {
        return objectName(stack, "charts");
    }
    if (!chart.startsWith("oci://")) {
        throw new UsageError(
            `Flux cannot fetch the chart ${chart}: it lies in a directory. Set mirror.chartRepository in place of mirror.chartDirectory.`,
        );
    }
    return objectName(stack, posix.basename(chart));
}

/** The Kustomizations that apply a cluster's stages, each after the one before. */
function kustomizations(stack: string, { cluster, stages, reach }: FluxCluster, root: string): Manifest[] {
    const present = [...stages.keys()];
    return present.map((stage, position) => {
        const [earlier, later] = [present[position - 1], present[position + 1]];
        return fluxObject("kustomize.toolkit.fluxcd.io/v1", "Kustomization", objectName(stack, cluster, stage), {
            // HelmReleases stand beside this object and reach into the cluster themselves.
            ...(stage === "releases" ? {} : reach),
            // What is suspended is never ready, and would hold up the suspension of what comes after it.
            ...(earlier === undefined || reach.suspend === true
                ? {}
                : { dependsOn: [{ name: objectName(stack, cluster, earlier) }] }),
            sourceRef: { kind: "GitRepository", name: gitRepository },
            path: posix.join(root, cluster, stage).replace(/^(?!\.)/, "./"),
            prune: true,
            interval: "1h",
            retryInterval: "2m",
            timeout: "30m",
            ...(stage === "releases" && later !== undefined ? { wait: true } : {}),
        });
    });
}

function fluxObject(apiVersion: string, kind: string, name: string, spec: Record<string, unknown>): Manifest {
    return { apiVersion, kind, metadata: { name, namespace: fluxNamespace }, spec };
}

/** Several stacks of one environment may stand in one namespace. */
function objectName(stack: string, ...parts: string[]): string {
    const name = [stack.toLowerCase().replaceAll(/[^a-z0-9]/g, "-"), ...parts].join("-");
    if (name.length > longestName) {
        throw new UsageError(
            `Flux cannot take the name ${name}: it has ${name.length} characters, and at most ${longestName} are allowed. ` +
                "Choose a shorter name for the cluster or the stack.",
        );
    }
    return name;
}

function clusterFiles(stack: string, cluster: FluxCluster, root: string): [path: string, content: string][] {
    return [
        [`${cluster.cluster}/flux.yaml`, documents(kustomizations(stack, cluster, root))],
        ...[...cluster.stages].flatMap(([stage, objects]): [string, string][] => {
            const directory = `${cluster.cluster}/${stage}`;
            return [
                ...[...objects].map(([file, object]): [string, string] => [`${directory}/${file}`, yaml(object)]),
                [`${directory}/kustomization.yaml`, listing([...objects.keys()])],
            ];
        }),
    ];
}

/** What kustomize builds a directory from. */
function listing(resources: string[]): string {
    return yaml({
        apiVersion: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        resources: resources.sort(compare),
    });
}

function documents(objects: Manifest[]): string {
    return objects.map(yaml).join("---\n");
}

function readme(stack: string, root: string, clusters: FluxCluster[]): string {
    const remote = clusters.filter(({ reach }) => reach.kubeConfig !== undefined);
    const secrets = clusters.flatMap(({ cluster, secrets: missing }) =>
        missing.map((secret) => {
            const { name, namespace } = secret.metadata;
            const type = typeof secret["type"] === "string" ? secret["type"] : "Opaque";
            return row([cluster, `${String(namespace)}/${name}`, type, secretKeys(secret).sort(compare).join(", ")]);
        }),
    );
    const open = clusters.flatMap((cluster) => openValues(cluster));
    return [
        `# Stack ${stack}, for Flux`,
        "",
        "Written by `npm run render` with `--flux`; another run replaces it. A Kustomization of yours applies this directory",
        `from the GitRepository \`${gitRepository}\` in \`${fluxNamespace}\`, in which it is \`${root}\`; what it applies brings in the`,
        "rest. It takes Flux 2.7 or newer. Docs: docs/gitops.md and examples/gitops of the program's repository.",
        "",
        "Each cluster has up to three stages: what its releases need, the releases, and what needs them. HelmReleases stand",
        `in \`${fluxNamespace}\` beside Flux and reach into the clusters. Not here: what is made in clouds, such as the object store`,
        "and DNS records; and when agents' certificates expire, which the inventory says of the program's own alone.",
        "",
        "## Secrets that have to come from elsewhere",
        "",
        "No Secret is here. Bring these with SOPS, External Secrets or the like:",
        "",
        row(["cluster", "Secret", "type", "keys"]),
        row(["---", "---", "---", "---"]),
        ...remote.map(({ reach }) =>
            row(["where Flux runs", `${fluxNamespace}/${reach.kubeConfig?.secretRef.name}`, "Opaque", "value"]),
        ),
        ...secrets,
        ...(open.length === 0
            ? []
            : [
                  "",
                  "## Values that only the cloud or `pulumi up` knows",
                  "",
                  "What stands here for them is no value. Set each in the stack's config (`observer.values` wins) and render again:",
                  "",
                  ...open.map((line) => `- ${line}`),
              ]),
        "",
    ].join("\n");
}

function row(cells: string[]): string {
    return `| ${cells.join(" | ")} |`;
}

/** The values of a cluster that a plan can only put a placeholder for: where, and what. */
function openValues({ cluster, stages }: FluxCluster): string[] {
    const placeholder = /<\w+ of [^<>]+>|<account>|<subscription>/;
    const below = (value: unknown, place: string): string[] => {
        if (typeof value === "string") {
            return value === unknownMask || placeholder.test(value) ? [`\`${place}\`: \`${value}\``] : [];
        }
        return typeof value === "object" && value !== null
            ? Object.entries(value).flatMap(([key, item]) => below(item, `${place} ${key}`))
            : [];
    };
    return [...stages].flatMap(([stage, objects]) =>
        [...objects].flatMap(([file, object]) => below(object, `${cluster}/${stage}/${file}:`)),
    );
}
