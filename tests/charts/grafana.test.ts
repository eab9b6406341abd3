import { parse } from "yaml";
import type { Plan } from "../../automation/planStack";
import { openPorts } from "../../platform/signIn";
import { planWith } from "../automation/planWith";
import { rightOidc } from "../config/fixture";
import { itWithCharts } from "./chartsDirectory";
import * as rendering from "./rendering";

interface Manifest extends rendering.Manifest {
    data?: Record<string, string>;
}

interface Pod {
    automountServiceAccountToken: boolean;
    enableServiceLinks: boolean;
    serviceAccountName: string;
    initContainers?: unknown[];
    containers: {
        name: string;
        env: { name: string; valueFrom?: { secretKeyRef?: { name: string } } }[];
        volumeMounts: { name: string; mountPath: string }[];
    }[];
    volumes: { name: string; secret?: object; configMap?: object; emptyDir?: object }[];
}

/** A group that would mean something to everything that its name goes through. */
const oddGroup = "ops' `{{ fail }}` #1; ${HOME}";

const oidc = {
    ...rightOidc,
    groups: { [oddGroup]: "Admin" },
    tenants: { "acme-team": "acme" },
};

let made: Promise<Plan> | undefined;

function plan(): Promise<Plan> {
    return (made ??= planWith({
        ingress: { privateZone: "example.org", kind: "gateway", className: "envoy" },
        logs: { enabled: true },
        auth: { oidc },
    }));
}

/** What Helm makes of one release. */
async function rendered(release: string, directory: string): Promise<Manifest[]> {
    return rendering.rendered(await plan(), directory, release)[release] ?? [];
}

function one(manifests: Manifest[], kind: string, name: string): Manifest {
    const found = manifests.filter((each) => each.kind === kind && each.metadata.name === name);
    expect({ kind, name, found: found.length }).toEqual({ kind, name, found: 1 });
    return found[0] as Manifest;
}

function podOf(deployment: Manifest): Pod {
    return (deployment.spec.template as { spec: Pod }).spec;
}

/** A section of grafana.ini, as text. */
function section(ini: string | undefined, name: string): Record<string, string> {
    const [, body = ""] = (ini ?? "").split(`[${name}]\n`);
    const lines = (body.split("\n[")[0] ?? "").split("\n").filter((line) => line.includes(" = "));
    return Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(" = ")), line.slice(line.indexOf(" = ") + 3)]),
    );
}

describe("the operators' Grafana, through the real chart", () => {
    itWithCharts("lets groups in, whatever they are called", async (directory) => {
        const manifests = await rendered("observer-kps", directory);
        const ini = one(manifests, "ConfigMap", "kps-grafana").data?.["grafana.ini"];
        const oauth = section(ini, "auth.generic_oauth");
        expect(oauth).toMatchObject({
            enabled: "true",
            client_id: "grafana",
            client_secret: "$__file{/etc/secrets/oidc/client-secret}",
            role_attribute_strict: "true",
            use_pkce: "true",
        });
        const [, literal = ""] = /^contains\(groups\[\*\], `(".*")`\) && 'Admin'$/.exec(
            oauth.role_attribute_path ?? "",
        ) ?? [undefined, '""'];
        expect(JSON.parse(literal)).toBe(oddGroup);
        expect(section(ini, "server").root_url).toBe("https://grafana.example.org");
        expect(section(ini, "security").cookie_secure).toBe("true");
    });

    itWithCharts("mounts the client's secret, and has a new pod when it is told something else", async (directory) => {
        const manifests = await rendered("observer-kps", directory);
        const deployment = one(manifests, "Deployment", "kps-grafana");
        const pod = podOf(deployment);
        expect(pod.volumes).toContainEqual({
            name: "oidc",
            secret: { secretName: "grafana-oidc", defaultMode: 0o440 },
        });
        const grafana = pod.containers.find(({ name }) => name === "grafana");
        expect(grafana?.volumeMounts).toContainEqual(
            expect.objectContaining({ name: "oidc", mountPath: "/etc/secrets/oidc", readOnly: true }),
        );
        const template = deployment.spec.template as { metadata: { annotations: Record<string, string> } };
        expect(template.metadata.annotations).toHaveProperty("checksum/config");
        expect(JSON.stringify(manifests)).not.toContain("canary");
    });
});

describe("a tenant's Grafana, through the real chart", () => {
    itWithCharts(
        "is a Deployment, its config, its Service and its NetworkPolicy, and nothing else",
        async (directory) => {
            const manifests = await rendered("observer-grafana-acme", directory);
            expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
                "ConfigMap grafana-acme",
                "Deployment grafana-acme",
                "NetworkPolicy grafana-acme",
                "Service grafana-acme",
            ]);
        },
    );

    itWithCharts("has no token, no admin, no sidecar, no volume that stays", async (directory) => {
        const manifests = await rendered("observer-grafana-acme", directory);
        const pod = podOf(one(manifests, "Deployment", "grafana-acme"));
        expect(pod).toMatchObject({ automountServiceAccountToken: false, serviceAccountName: "default" });
        expect(pod).not.toHaveProperty("initContainers");
        expect(pod.containers.map(({ name }) => name)).toEqual(["grafana"]);
        const secretEnv = pod.containers[0]?.env.filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined);
        expect(secretEnv).toEqual([]);
        expect(pod.volumes.filter((volume) => "persistentVolumeClaim" in volume)).toEqual([]);
        expect(pod.volumes.flatMap(({ secret }) => secret ?? [])).toEqual([
            { secretName: "grafana-acme-tls", defaultMode: 0o440 },
            { secretName: "grafana-oidc", defaultMode: 0o440 },
        ]);
    });

    itWithCharts("finds its dashboards and datasources where it looks for them", async (directory) => {
        const manifests = await rendered("observer-grafana-acme", directory);
        const config = one(manifests, "ConfigMap", "grafana-acme").data ?? {};
        const { providers } = parse(config["dashboardproviders.yaml"] ?? "") as {
            providers: { folder: string; options: { path: string } }[];
        };
        const mounts = podOf(one(manifests, "Deployment", "grafana-acme")).containers[0]?.volumeMounts ?? [];
        const mounted = mounts.map(({ mountPath }) => mountPath);
        expect(providers.map(({ folder }) => folder)).toEqual(["Clusters"]);
        expect(mounted).toEqual(
            expect.arrayContaining([
                ...providers.map(({ options }) => options.path),
                "/etc/grafana/provisioning/datasources/datasources.yaml",
                "/etc/grafana/provisioning/dashboards/dashboardproviders.yaml",
                "/etc/secrets/tenant",
            ]),
        );
        const { datasources } = parse(config["datasources.yaml"] ?? "") as {
            datasources: { uid: string; secureJsonData: Record<string, string> }[];
        };
        expect(datasources.map(({ uid }) => uid)).toEqual(["thanos", "loki"]);
        for (const { secureJsonData } of datasources) {
            for (const value of Object.values(secureJsonData)) {
                expect(value).toMatch(/^\$__file\{\/etc\/secrets\/tenant\/(ca\.crt|tls\.crt|tls\.key)\}$/);
            }
        }
        const oauth = section(config["grafana.ini"], "auth.generic_oauth");
        expect(oauth.role_attribute_path).toBe("contains(groups[*], `\"acme-team\"`) && 'Viewer'");
        expect(section(config["grafana.ini"], "unified_alerting").enabled).toBe("false");
    });

    itWithCharts("may not connect to what answers everybody", async (directory) => {
        const manifests = await rendered("observer-grafana-acme", directory);
        expect(one(manifests, "NetworkPolicy", "grafana-acme").spec).toMatchObject({
            policyTypes: ["Egress"],
            podSelector: { matchLabels: { "app.kubernetes.io/instance": "grafana-acme" } },
            egress: [{ ports: [{ port: 53, protocol: "UDP" }] }, { ports: openPorts() }],
        });
    });
});
