import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { statsdSidecar } from "../../../components/application/statsdSidecar";

test("the patch of the example is the building block of Pulumi programs", () => {
    const patch: unknown = parse(
        readFileSync(join(__dirname, "../../../examples/application/manifests/statsd-sidecar.yaml"), "utf8"),
    );
    const { labels, initContainers, volumes, env } = statsdSidecar({ application: "portal", service: "web" });
    expect(patch).toEqual({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        spec: {
            template: { metadata: { labels }, spec: { initContainers, containers: [{ name: "web", env }], volumes } },
        },
    });
});

test("its port has a name that Kubernetes takes", () => {
    const [sidecar] = statsdSidecar({ application: "portal", service: "web" }).initContainers;
    expect(sidecar?.ports[0]?.name).toMatch(/^[a-z0-9-]{1,15}$/);
});

test("two applications of one namespace read each their own mapping", () => {
    const mapping = (application: string) => statsdSidecar({ application, service: "web" }).volumes[0]?.configMap.name;
    expect(mapping("portal")).not.toBe(mapping("portal-test"));
});
