import { nobody, operatorDatasources, operatorLogs, tenantDatasources } from "../../platform/datasources";
import { tenantPattern } from "../../platform/tenancy";

describe("the operators' datasources", () => {
    test("are these, and the first is the default", () => {
        expect(operatorDatasources.map(({ uid, isDefault = false }) => [uid, isDefault])).toEqual([
            ["thanos", true],
            ["thanos-history", false],
            ["prometheus", false],
            ["alertmanager", false],
        ]);
    });

    test("show the logs of all tenants at once", () => {
        expect(operatorLogs(["acme", "globex"])).toMatchObject({
            uid: "loki",
            url: "http://loki.observability.svc.cluster.local:3100",
            jsonData: { httpHeaderName1: "X-Scope-OrgID" },
            secureJsonData: { httpHeaderValue1: "acme|globex" },
        });
    });

    test("show nobody's logs where there are no tenants, and nobody can be that", () => {
        expect(operatorLogs([]).secureJsonData).toEqual({ httpHeaderValue1: nobody });
        expect(tenantPattern.test(nobody)).toBe(false);
        // What Loki takes for a tenant (dskit's tenant.ValidTenantID).
        expect(nobody).toMatch(/^[a-zA-Z0-9!\-_.*'()]{1,150}$/);
    });
});

describe("a tenant's datasources", () => {
    test("are the gateway alone, under the uids that dashboards and links know", () => {
        const datasources = tenantDatasources({ logs: true });
        expect(datasources.map(({ uid }) => uid)).toEqual(["thanos", "loki"]);
        expect(new Set(datasources.map(({ url }) => url))).toEqual(
            new Set(["https://tenant-gateway.observability.svc.cluster.local:8443"]),
        );
        expect(datasources.filter(({ isDefault }) => isDefault === true).map(({ uid }) => uid)).toEqual(["thanos"]);
    });

    test("show the tenant's certificate from files, and say nothing of who asks", () => {
        for (const datasource of tenantDatasources({ logs: true })) {
            expect(datasource.jsonData).toMatchObject({ tlsAuth: true, tlsAuthWithCACert: true });
            expect(datasource.secureJsonData).toEqual({
                tlsCACert: "$__file{/etc/secrets/tenant/ca.crt}",
                tlsClientCert: "$__file{/etc/secrets/tenant/tls.crt}",
                tlsClientKey: "$__file{/etc/secrets/tenant/tls.key}",
            });
            expect(JSON.stringify(datasource)).not.toMatch(/httpHeader|tlsSkipVerify|oauthPassThru|PRIVATE KEY/);
        }
    });

    test("have no logs where none are kept", () => {
        expect(tenantDatasources({ logs: false }).map(({ uid }) => uid)).toEqual(["thanos"]);
    });
});
