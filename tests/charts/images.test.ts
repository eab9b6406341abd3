import { parse } from "yaml";
import { readChart } from "../../charts/archive";
import { findChart, kubePrometheusStack } from "../../charts/coordinates";
import { imageReference, images } from "../../charts/images";
import { itWithCharts } from "./chartsDirectory";

it("every image has an exact tag, and stands in for any registry", () => {
    for (const image of Object.values(images)) {
        expect(image.tag).toMatch(/^v?\d+\.\d+\.\d+/);
        expect(imageReference(image)).toBe(`${image.registry}/${image.path}:${image.tag}`);
        expect(imageReference(image, "mirror.example.org/all")).toBe(
            `mirror.example.org/all/${image.path}:${image.tag}`,
        );
    }
});

itWithCharts("an application's Prometheus is that of kube-prometheus-stack, which its operator knows", (directory) => {
    const chart = findChart(directory, kubePrometheusStack) ?? "";
    const { prometheus } = parse(readChart(chart, (file) => file === "values.yaml").get("values.yaml") ?? "") as {
        prometheus: { prometheusSpec: { image: { registry: string; repository: string; tag: string } } };
    };
    const { registry, repository, tag } = prometheus.prometheusSpec.image;
    expect(images.prometheus).toEqual({ registry, path: repository, tag });
});
