import { parseAllDocuments } from "yaml";
import { z } from "zod";

const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const duration = z.string().regex(/^\d+[smh]$/);
const metadata = z.strictObject({ name, namespace: z.literal("flux-system") });
const reference = z.strictObject({ name });
const path = z.string().regex(/^(\.|\.\/[^/].*)$/);
const kubeConfig = z.strictObject({ secretRef: reference });

function flux<Kind extends string, Spec extends z.ZodType>(apiVersion: string, kind: Kind, spec: Spec) {
    return z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec });
}

const action = {
    crds: z.literal("Skip"),
    strategy: z.strictObject({ name: z.literal("RetryOnFailure") }),
    disableWait: z.literal(true).optional(),
};

const chart = z.strictObject({
    spec: z.strictObject({
        chart: z.string(),
        version: z.string(),
        interval: duration,
        sourceRef: z.strictObject({ kind: z.literal("HelmRepository"), name }),
    }),
});

/** The part of Flux's objects that is used here, as its custom resource definitions of version 2.7 have it. */
const fluxObject = z.discriminatedUnion("kind", [
    flux(
        "source.toolkit.fluxcd.io/v1",
        "GitRepository",
        z.strictObject({
            interval: duration,
            url: z.url(),
            ref: z.strictObject({ branch: z.string() }),
            secretRef: reference.optional(),
        }),
    ),
    flux(
        "source.toolkit.fluxcd.io/v1",
        "OCIRepository",
        z.strictObject({
            interval: duration,
            url: z.string().regex(/^oci:\/\/[^:]+$/),
            ref: z.strictObject({ tag: z.string().regex(/^\d+\.\d+\.\d+$/) }),
            layerSelector: z.strictObject({
                mediaType: z.literal("application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
                operation: z.enum(["copy", "extract"]),
            }),
        }),
    ),
    flux("source.toolkit.fluxcd.io/v1", "HelmRepository", z.strictObject({ interval: duration, url: z.url() })),
    flux(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        z.strictObject({
            sourceRef: z.strictObject({ kind: z.literal("GitRepository"), name }),
            path,
            prune: z.boolean(),
            interval: duration,
            retryInterval: duration,
            timeout: duration.optional(),
            wait: z.boolean().optional(),
            suspend: z.boolean().optional(),
            dependsOn: z.array(reference).nonempty().optional(),
            kubeConfig: kubeConfig.optional(),
            decryption: z.strictObject({ provider: z.literal("sops"), secretRef: reference }).optional(),
        }),
    ),
    flux(
        "helm.toolkit.fluxcd.io/v2",
        "HelmRelease",
        z
            .strictObject({
                chartRef: z.strictObject({ kind: z.literal("OCIRepository"), name }).optional(),
                chart: chart.optional(),
                releaseName: z.string().max(53),
                targetNamespace: name,
                storageNamespace: name,
                interval: duration,
                timeout: duration,
                maxHistory: z.int(),
                suspend: z.boolean().optional(),
                dependsOn: z.array(reference).nonempty().optional(),
                kubeConfig: kubeConfig.optional(),
                install: z.strictObject(action),
                upgrade: z.strictObject({ ...action, cleanupOnFail: z.boolean() }),
                values: z.record(z.string(), z.unknown()),
            })
            .refine(
                (spec) => (spec.chart === undefined) !== (spec.chartRef === undefined),
                "one of chart and chartRef",
            ),
    ),
]);

/** An object of Flux. */
export type FluxObject = z.infer<typeof fluxObject>;

/** An object of Flux of one kind. */
export type FluxOf<Kind extends FluxObject["kind"]> = Extract<FluxObject, { kind: Kind }>;

/**
 * Flux's objects in YAML files, contents by path; what is not Flux's is passed over.
 *
 * @throws when one is not as Flux takes it
 */
export function fluxObjects(files: ReadonlyMap<string, string>): FluxObject[] {
    return [...files]
        .filter(([path]) => path.endsWith(".yaml"))
        .flatMap(([, content]) =>
            parseAllDocuments(content).map((document) => document.toJS() as { apiVersion?: string }),
        )
        .filter(({ apiVersion }) => apiVersion?.includes(".toolkit.fluxcd.io/") === true)
        .map((object) => fluxObject.parse(object));
}

/** Those of one kind, by name. */
export function ofKind<Kind extends FluxObject["kind"]>(objects: FluxObject[], kind: Kind): Map<string, FluxOf<Kind>> {
    return new Map(
        objects.flatMap((object) => (object.kind === kind ? [[object.metadata.name, object as FluxOf<Kind>]] : [])),
    );
}
