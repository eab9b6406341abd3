import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { writeDirectory } from "../../automation/outputDirectory";
import { planStack, type Plan } from "../../automation/planStack";
import { renderedFiles } from "../../automation/rendering";
import { exampleSections, withStackFile } from "./examples";

jest.setTimeout(120_000);

let prod: Plan;
let files: Map<string, string>;

beforeAll(async () => {
    prod = await planStack({ stack: "prod" });
    files = renderedFiles(prod);
});

function content(path: string): Record<string, unknown> {
    return parse(files.get(path) ?? "") as Record<string, unknown>;
}

describe("a rendered stack", () => {
    test("has a directory for each cluster and nothing for clouds", () => {
        const clusters = new Set([...files.keys()].map((path) => path.replace(/\/.*/, "")));
        expect([...clusters].sort()).toEqual([
            "README.md",
            "acme-1",
            "acme-2",
            "globex-1",
            "initech-edge",
            "observer-a",
        ]);
    });

    test("lists manifests in an order that an API server takes: the namespace, what pods need, custom resources", () => {
        const kinds = [...files.keys()]
            .filter((path) => path.startsWith("observer-a/manifests/"))
            .sort()
            .map((path) => String(content(path)["kind"]));
        expect([...new Set(kinds)]).toEqual([
            "Namespace",
            "Secret",
            "ConfigMap",
            "NetworkPolicy",
            "Service",
            "PodDisruptionBudget",
            "Deployment",
            "CronJob",
            "Gateway",
            "HTTPRoute",
            "PrometheusRule",
            "ServiceMonitor",
            "Probe",
            "ScrapeConfig",
        ]);
    });

    test("every manifest is an object that an API server can read", () => {
        for (const [path, text] of files) {
            if (path.includes("/manifests/")) {
                expect(parse(text)).toMatchObject({
                    apiVersion: expect.any(String) as string,
                    kind: expect.any(String) as string,
                    metadata: { name: expect.stringMatching(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/) as string },
                });
            }
        }
    });

    test("a Secret has every key, a placeholder in each, and says so", () => {
        const path = "acme-1/manifests/02-secret-remote-write-tls.yaml";
        expect(files.get(path)).toMatch(/^# A placeholder: `pulumi up` makes the Secret/);
        expect(content(path)).toMatchObject({
            type: "kubernetes.io/tls",
            metadata: { annotations: { "fleet-observability/placeholder": "true" } },
            stringData: {
                "tls.crt": "<set by pulumi up: tls.crt>",
                "tls.key": "<set by pulumi up: tls.key>",
                "ca-observer-a.crt": "<set by pulumi up: ca-observer-a.crt>",
                "ca-observer-b.crt": "<set by pulumi up: ca-observer-b.crt>",
            },
        });
        expect(content(path)).not.toHaveProperty("data");
    });

    test("a release has its coordinates and its values", () => {
        expect(content("observer-a/releases/thanos/release.yaml")).toEqual({
            name: "thanos",
            namespace: "observability",
            chart: "oci://ghcr.io/thanos-community/helm-charts/thanos",
            version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
            skipCrds: true,
        });
        const planned = prod.resources.find(({ name }) => name === "observer-a-thanos");
        expect(content("observer-a/releases/thanos/values.yaml")).toEqual(planned?.inputs["values"]);
    });

    test("the README has the command for each release, custom resource definitions first", () => {
        const readme = files.get("README.md") ?? "";
        expect(readme).toMatch(
            /^ {4}helm template kps oci:\S+\/kube-prometheus-stack --version [\d.]+ --namespace observability --skip-crds -f acme-1\/releases\/kps\/values.yaml$/m,
        );
        expect(readme).toContain("    kubectl apply --dry-run=server -f acme-1/manifests\n");
        const acme = readme.slice(readme.indexOf("## acme-1"), readme.indexOf("## acme-2"));
        expect(acme.indexOf("helm template prometheus-operator-crds")).toBeLessThan(acme.indexOf("helm template kps"));
    });

    test("nothing in a manifest or in values is left open", () => {
        for (const [path, text] of files) {
            expect({ path, open: /undefined|<known after up>|\[secret\]/.exec(text)?.[0] }).toEqual({ path });
        }
    });

    test("is the same every time", async () => {
        const again = renderedFiles(await planStack({ stack: "prod" }));
        expect([...again]).toEqual([...files]);
    });

    test("a chart from an HTTPS repository is named with it", async () => {
        const sections = exampleSections("dev", { mirror: { chartRepository: "https://charts.example.org/" } });
        const plan = await withStackFile(sections, (config) => planStack({ stack: "dev", config }));
        const rendered = renderedFiles(plan);
        expect(parse(rendered.get("observer/releases/thanos/release.yaml") ?? "")).toMatchObject({
            chart: "thanos",
            repository: "https://charts.example.org",
        });
        expect(rendered.get("README.md")).toContain("helm template thanos thanos --repo https://charts.example.org ");
    });
});

describe("the output directory", () => {
    let directory: string;

    beforeEach(() => {
        directory = join(mkdtempSync(join(tmpdir(), "render-")), "out");
    });

    afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

    function write(paths: Record<string, string>, force = false): void {
        writeDirectory(directory, new Map(Object.entries(paths)), force);
    }

    function tree(): string[] {
        return readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
    }

    test("is made, and written again without a trace of what is gone", () => {
        write({ "acme-1/manifests/00-a.yaml": "a", "acme-2/manifests/00-b.yaml": "b", "README.md": "1" });
        write({ "acme-1/manifests/00-a.yaml": "changed", "README.md": "2" });
        expect(tree()).toEqual([".rendered", "README.md", "acme-1", "acme-1/manifests", "acme-1/manifests/00-a.yaml"]);
        expect(readFileSync(join(directory, "acme-1/manifests/00-a.yaml"), "utf8")).toBe("changed");
    });

    test("keeps what somebody put beside the rendered files", () => {
        write({ "acme-1/a.yaml": "a" });
        writeFileSync(join(directory, "acme-1/kustomization.yaml"), "mine");
        write({ "acme-2/b.yaml": "b" });
        expect(tree()).toEqual([".rendered", "acme-1", "acme-1/kustomization.yaml", "acme-2", "acme-2/b.yaml"]);
    });

    test("that has other content is refused, and left as it is; --force writes beside it", () => {
        mkdirSync(directory);
        writeFileSync(join(directory, "precious"), "mine");
        expect(() => write({ a: "a" })).toThrow("has content that no render wrote");
        expect(tree()).toEqual(["precious"]);
        write({ a: "a" }, true);
        expect(tree()).toEqual([".rendered", "a", "precious"]);
    });

    test("a marker that points outside removes nothing there", () => {
        mkdirSync(directory);
        const outside = join(directory, "..", "outside");
        writeFileSync(outside, "mine");
        writeFileSync(join(directory, ".rendered"), `../outside\n${outside}\n`);
        write({ a: "a" });
        expect(existsSync(outside)).toBe(true);
    });
});
