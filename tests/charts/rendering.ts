/** Releases of a plan, through Helm and the real charts. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import type { Plan } from "../../automation/planStack";
import { charts, findChart } from "../../charts/coordinates";
import { helmBinary } from "./chartsDirectory";

/** An object as Helm prints it. */
export interface Manifest {
    kind: string;
    metadata: { name: string };
    spec: Record<string, unknown>;
}

const scratch = mkdtempSync(join(tmpdir(), "fleet-render-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What Helm makes of the releases that are named, or of all but the CRDs, which take their time to parse. */
export function rendered(plan: Plan, directory: string, ...named: string[]): Record<string, Manifest[]> {
    const releases = plan.resources.filter(
        ({ type, name }) =>
            type === "kubernetes:helm.sh/v3:Release" &&
            (named.length === 0 ? !name.endsWith("-crds") : named.includes(name)),
    );
    return Object.fromEntries(releases.map(({ name, inputs }) => [name, render(name, inputs, directory)]));
}

function render(name: string, inputs: Record<string, unknown>, directory: string): Manifest[] {
    const chart = charts.find((each) => String(inputs.chart).endsWith(`/${each.name}`));
    const path = chart && findChart(directory, chart);
    const values = join(scratch, `${name}.values.yaml`);
    writeFileSync(values, stringify(inputs.values));
    const args = ["template", String(inputs.name), path ?? "", "--namespace", String(inputs.namespace)];
    const helm = spawnSync(helmBinary() ?? "helm", [...args, "--kube-version", "1.34.0", "--skip-crds", "-f", values], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
    });
    // Helm warns of a value of the wrong kind on stderr, renders without it and exits with 0.
    expect({ name, status: helm.status, stderr: helm.stderr }).toEqual({ name, status: 0, stderr: "" });
    return parseAllDocuments(helm.stdout)
        .map((document) => {
            expect(document.errors).toEqual([]);
            return document.toJS() as Manifest | null;
        })
        .filter((manifest) => manifest !== null);
}
