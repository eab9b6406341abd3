import { load } from "../../config/load";
import { written, type Problem } from "../../config/problems";
import { problemsFoundBy, rightConfig } from "./fixture";

/** What is wrong with the right config and this ingress. */
function problemsOf(ingress: object, changes: object = { logs: { enabled: true } }): Problem[] {
    return problemsFoundBy(load, {
        ...rightConfig(),
        ...changes,
        ingress: { privateZone: "example.org", ...ingress },
    });
}

const records = { dns: { provider: "route53", zoneId: "Z1" } };
const known = { serviceType: "ClusterIP", address: "10.20.0.11" };

const signIn = {
    authorizationUrl: "https://login.example.org/authorize",
    tokenUrl: "https://login.example.org/token",
    clientId: "grafana",
    tenants: { "acme-team": "acme" },
};

describe.each([
    ["logs are kept", {}, { logs: { enabled: true } }],
    ["it is switched on", { tenants: { enabled: true } }, {}],
    [
        "tenants' people sign in",
        { kind: "ingress", address: "10.20.0.10", annotations: {} },
        { auth: { oidc: signIn } },
    ],
])("the tenant gateway, where %s", (_, ingress, changes) => {
    test("needs an address where its record cannot be read from the cluster", () => {
        const tenants = { enabled: "tenants" in ingress, serviceType: "NodePort", port: 30444 };
        expect(problemsOf({ ...ingress, ...records, tenants }, changes)).toEqual([
            expect.objectContaining({
                path: ["ingress", "tenants", "address"],
                problem: "is missing: the tenants host's record cannot be read from the cluster (NodePort)",
                allowed: "the IP address or host name that customers connect to",
            }),
        ]);
        expect(problemsOf({ ...ingress, ...records, tenants: { ...tenants, address: "10.20.0.12" } }, changes)).toEqual(
            [],
        );
    });
});

describe("an address", () => {
    test("is needed for both hosts where nothing is waited for, and is offered for each", () => {
        const found = problemsOf(records, { logs: { enabled: true }, readiness: "skip" });
        expect(found.map(({ path, paste }) => [written(path), /\S+$/.exec(paste)?.[0]])).toEqual([
            ["fleet-observability:ingress.receive.address", "10.20.0.11"],
            ["fleet-observability:ingress.tenants.address", "10.20.0.12"],
        ]);
    });

    test("is not needed of a load balancer, nor where nothing here writes records", () => {
        expect(problemsOf(records)).toEqual([]);
        for (const provider of ["none", "externalDns"]) {
            expect(problemsOf({ dns: { provider }, tenants: { serviceType: "ClusterIP" } })).toEqual([]);
        }
    });

    test("is not needed where there is no gateway", () => {
        expect(problemsOf({ ...records, receive: known, tenants: { serviceType: "ClusterIP" } }, {})).toEqual([]);
    });
});

describe("a node port", () => {
    const node = (port: number, more: object = {}) => ({ serviceType: "NodePort", port, ...more });

    test.each([29999, 32768, 443])("is not %d", (port) => {
        expect(problemsOf({ tenants: node(port) })).toEqual([
            expect.objectContaining({ path: ["ingress", "tenants", "port"], problem: "is not a node port" }),
        ]);
        expect(problemsOf({ tenants: node(port) }, {})).toEqual([]);
    });

    test.each([30000, 32767])("may be %d", (port) => {
        expect(problemsOf({ receive: node(port) })).toEqual([]);
        expect(problemsOf({ tenants: node(port) })).toEqual([]);
    });

    test.each([
        [30443, "30444"],
        [32767, "32766"],
    ])("%d of both is one problem, mended by %s", (port, better) => {
        const both = { receive: node(port), tenants: node(port) };
        const [found, ...others] = problemsOf(both);
        expect(others).toEqual([]);
        expect(found).toMatchObject({
            path: ["ingress", "tenants", "port"],
            value: String(port),
            problem: "is the node port of ingress.receive already",
        });
        expect(found?.paste).toMatch(new RegExp(`ingress.tenants.port' ${better}$`));
        expect(problemsOf({ ...both, tenants: node(Number(better)) })).toEqual([]);
        expect(problemsOf(both, {})).toEqual([]);
    });

    test("that is left at 443 for both is offered two that differ", () => {
        const found = problemsOf({ receive: node(443), tenants: node(443) });
        expect(found.map(({ problem }) => problem)).toEqual(["is not a node port", "is not a node port"]);
        expect(new Set(found.map(({ paste }) => /\d+$/.exec(paste)?.[0])).size).toBe(2);
    });

    test("is none's where the Services are load balancers: each has addresses of its own", () => {
        expect(problemsOf({ receive: { port: 8443 }, tenants: { port: 8443 } })).toEqual([]);
        expect(problemsOf({ receive: node(30443), tenants: { port: 30443 } })).toEqual([]);
    });
});

test("the host that is the longest decides whether all fit into DNS", () => {
    const prefix = (length: number) => ({ dnsPrefix: "a".repeat(length) });
    expect(problemsOf(prefix(51))).toEqual([]);
    expect(problemsOf(prefix(52))).toEqual([
        expect.objectContaining({
            path: ["ingress", "dnsPrefix"],
            problem: expect.stringContaining("alertmanager longer than a DNS label") as unknown,
        }),
    ]);
});
