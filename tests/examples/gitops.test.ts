import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fluxFiles } from "../../automation/flux";
import { planStack } from "../../automation/planStack";
import { fluxObjects, ofKind, type FluxOf } from "../automation/fluxObjects";

jest.setTimeout(120_000);

const directory = join(__dirname, "../../examples/gitops");
const files = new Map(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".yaml"))
        .map((path) => [path, readFileSync(join(directory, path), "utf8")]),
);
const example = fluxObjects(files);
const kustomizations = ofKind(example, "Kustomization");
const path = kustomizations.get("fleet-observability-prod")?.spec.path ?? "";

let rendered: Map<string, FluxOf<"Kustomization">>;

beforeAll(async () => {
    rendered = ofKind(fluxObjects(fluxFiles(await planStack({ stack: "prod" }), path)), "Kustomization");
});

test("every Kustomization, the example's and the rendered ones, reads the example's repository", () => {
    const all = [...kustomizations.values(), ...rendered.values()];
    expect(new Set(all.map(({ spec }) => spec.sourceRef.name))).toEqual(
        new Set(ofKind(example, "GitRepository").keys()),
    );
});

test("Secrets wait for what is rendered, and reach a customer's cluster as the rest does", () => {
    const dependent = [...kustomizations.values()].flatMap(({ spec }) =>
        (spec.dependsOn ?? []).map((one) => ({ after: one.name, kubeConfig: spec.kubeConfig })),
    );
    expect(dependent.map(({ after }) => after).sort()).toEqual([
        "prod-acme-1-before-releases",
        "prod-observer-a-before-releases",
    ]);
    for (const { after, kubeConfig } of dependent) {
        expect(rendered.get(after)?.spec).toMatchObject({ path: expect.stringContaining(`${path}/`) as string });
        expect(rendered.get(after)?.spec.kubeConfig).toEqual(kubeConfig);
    }
});

test("the CI job renders to where Flux looks", () => {
    const { jobs } = parse(files.get("render.yaml") ?? "") as { jobs: { prod: { steps: { run?: string }[] } } };
    const commands = jobs.prod.steps.map(({ run }) => run ?? "").filter((run) => run.startsWith("npm run render"));
    expect(commands).toEqual([`npm run render -- prod --out out/gitops/${path.slice(2)} --flux ${path}`]);
});
