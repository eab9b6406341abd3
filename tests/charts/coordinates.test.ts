import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    charts,
    chartSource,
    findChart,
    imageRegistryValues,
    kubePrometheusStack,
    missingChart,
    prometheusOperatorCrds,
    pullCommand,
    thanos,
} from "../../charts/coordinates";

describe("the version set", () => {
    it("pins every chart to one exact version", () => {
        for (const chart of charts) {
            expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
            expect(chart.oci).toMatch(new RegExp(`^oci://.*/${chart.name}$`));
        }
    });

    it("installs the definitions of the operator that runs", () => {
        expect(prometheusOperatorCrds.appVersion).toBe(kubePrometheusStack.appVersion);
    });
});

describe("chartSource", () => {
    it("takes the chart's own OCI address when nothing is mirrored", () => {
        expect(chartSource(thanos)).toEqual({
            chart: "oci://ghcr.io/thanos-community/helm-charts/thanos",
            version: "0.38.0",
        });
    });

    it.each(["oci://mirror.example.org/charts", "oci://mirror.example.org/charts/"])(
        "appends the name to the OCI mirror %s",
        (chartRepository) => {
            expect(chartSource(kubePrometheusStack, { chartRepository })).toEqual({
                chart: "oci://mirror.example.org/charts/kube-prometheus-stack",
                version: "88.5.3",
            });
        },
    );

    it("names the repository of an HTTPS mirror", () => {
        expect(chartSource(kubePrometheusStack, { chartRepository: "https://mirror.example.org/charts/" })).toEqual({
            chart: "kube-prometheus-stack",
            version: "88.5.3",
            repositoryOpts: { repo: "https://mirror.example.org/charts" },
        });
    });

    it("takes the path that was found in a directory, without a version", () => {
        expect(chartSource(thanos, { chartDirectory: "/charts" }, "/charts/thanos")).toEqual({
            chart: "/charts/thanos",
        });
    });

    it("expects a packed chart in a directory that nobody looked into", () => {
        expect(chartSource(thanos, { chartDirectory: "/charts", chartRepository: "oci://unused" })).toEqual({
            chart: "/charts/thanos-0.38.0.tgz",
        });
    });
});

describe("findChart", () => {
    let directory: string;

    beforeEach(() => {
        directory = mkdtempSync(join(tmpdir(), "charts-"));
    });

    afterEach(() => {
        rmSync(directory, { recursive: true });
    });

    function unpacked(parent: string, version: string): void {
        mkdirSync(join(parent, "thanos"), { recursive: true });
        writeFileSync(join(parent, "thanos", "Chart.yaml"), `name: thanos\nversion: ${version}\n`);
    }

    function packed(version: string): void {
        const staging = join(directory, "staging");
        unpacked(staging, version);
        execFileSync("tar", ["-czf", join(directory, "thanos-0.38.0.tgz"), "-C", staging, "thanos"]);
        rmSync(staging, { recursive: true });
    }

    it("finds a directory", () => {
        unpacked(directory, "0.38.0");
        expect(findChart(directory, thanos)).toBe(join(directory, "thanos"));
    });

    it("finds a packed chart, and prefers it", () => {
        unpacked(directory, "0.38.0");
        packed("0.38.0");
        expect(findChart(directory, thanos)).toBe(join(directory, "thanos-0.38.0.tgz"));
    });

    it("finds nothing in a directory that does not exist, and says how to fetch the chart", () => {
        expect(findChart("/nowhere", thanos)).toBeUndefined();
        expect(missingChart("/nowhere", thanos)).toBe(
            "/nowhere has no chart thanos 0.38.0; fetch it with: helm pull " +
                "oci://ghcr.io/thanos-community/helm-charts/thanos --version 0.38.0 --destination /nowhere",
        );
    });

    it("does not take another version, and says which one it saw", () => {
        unpacked(directory, "0.37.0");
        expect(findChart(directory, thanos)).toBeUndefined();
        expect(missingChart(directory, thanos)).toContain(
            `has no chart thanos 0.38.0 (${join(directory, "thanos")} is 0.37.0); fetch it with: helm pull`,
        );
    });

    it("does not believe the name of a packed chart", () => {
        packed("0.37.0");
        expect(findChart(directory, thanos)).toBeUndefined();
    });

    it("reports a file that is no chart instead of failing on it", () => {
        writeFileSync(join(directory, "thanos-0.38.0.tgz"), "truncated");
        expect(findChart(directory, thanos)).toBeUndefined();
        expect(missingChart(directory, thanos)).toContain("is not a chart)");
    });
});

describe("pullCommand", () => {
    it("quotes a directory that a shell would take apart", () => {
        expect(pullCommand(thanos, "/my charts/it's")).toMatch(/--destination '\/my charts\/it'\\''s'$/);
    });
});

describe("imageRegistryValues", () => {
    it("puts the registry where each chart looks for it", () => {
        expect(imageRegistryValues.kubePrometheusStack("mirror")).toEqual({ global: { imageRegistry: "mirror" } });
        expect(imageRegistryValues.thanos("mirror")).toEqual({ global: { image: { registry: "mirror" } } });
        expect(imageRegistryValues.prometheusBlackboxExporter("mirror")).toEqual({
            global: { imageRegistry: "mirror" },
        });
        expect(imageRegistryValues.prometheusOperatorCrds("mirror")).toEqual({});
    });
});
