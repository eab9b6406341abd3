import { serviceHost, services } from "./names";
import { logTenantHeader } from "./tenantGateway";

/** A datasource as Grafana's provisioning has it. */
export interface Datasource {
    name: string;
    /** Dashboards and links name it. */
    uid: string;
    type: "prometheus" | "alertmanager" | "loki";
    /** Always from Grafana's own server, never from the browser. */
    access: "proxy";
    isDefault?: boolean;
    url: string;
    jsonData: Record<string, string | number | boolean>;
    /** Kept encrypted; `$__file{path}` stands for a file of Grafana's pod. */
    secureJsonData?: Record<string, string>;
}

/** A tenant that nobody can be: no tenant's name has an underscore. Loki refuses a request that names none. */
export const nobody = "_nobody";

const url = ({ name, port }: { name: string; port: number }) => `http://${serviceHost(name)}:${port}`;

const thanos = { prometheusType: "Thanos", httpMethod: "POST", timeInterval: "30s" };

const loki = { name: "Loki", uid: "loki", type: "loki", access: "proxy" } as const;

/** Log lines that a query shows at most. */
const maxLines = 1000;

/** The operators' datasources: the fleet's history, the observer's own Prometheus, and the alerts. */
export const operatorDatasources: Datasource[] = [
    {
        name: "Thanos",
        uid: "thanos",
        type: "prometheus",
        access: "proxy",
        isDefault: true,
        url: url(services.queryFrontend),
        jsonData: { ...thanos },
    },
    {
        // For sums over a time that begins before raw samples do. Not for anything else: an instant query that may read
        // downsampled samples sees what ended an hour ago as if it were still there.
        name: "Thanos history",
        uid: "thanos-history",
        type: "prometheus",
        access: "proxy",
        url: url(services.queryFrontend),
        jsonData: { ...thanos, customQueryParameters: "max_source_resolution=1h" },
    },
    {
        name: "Prometheus",
        uid: "prometheus",
        type: "prometheus",
        access: "proxy",
        url: url(services.prometheus),
        jsonData: { httpMethod: "POST", timeInterval: "30s" },
    },
    {
        name: "Alertmanager",
        uid: "alertmanager",
        type: "alertmanager",
        access: "proxy",
        url: url(services.alertmanager),
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
    },
];

/** The operators' datasource of logs: those of all tenants at once, whom Loki wants joined by `|`. */
export function operatorLogs(tenants: string[]): Datasource {
    return {
        ...loki,
        url: url(services.loki),
        jsonData: { maxLines, httpHeaderName1: logTenantHeader },
        secureJsonData: { httpHeaderValue1: tenants.length === 0 ? nobody : tenants.join("|") },
    };
}

/** Where a tenant's Grafana has its certificate: a Secret with `tls.crt`, `tls.key`, and `ca.crt` to know the gateway by. */
export const tenantCertificateDirectory = "/etc/secrets/tenant";

/**
 * The datasources of a tenant's Grafana. All of them are the tenant gateway, which sees by the certificate who asks; the
 * uids are those of the operators' Grafana, so that the same dashboards serve.
 */
export function tenantDatasources({ logs }: { logs: boolean }): Datasource[] {
    const { name, port } = services.tenantGateway;
    const gateway = {
        access: "proxy",
        url: `https://${serviceHost(name)}:${port}`,
        secureJsonData: {
            tlsCACert: certificateFile("ca.crt"),
            tlsClientCert: certificateFile("tls.crt"),
            tlsClientKey: certificateFile("tls.key"),
        },
    } as const;
    const tls = { tlsAuth: true, tlsAuthWithCACert: true };
    return [
        {
            name: "Thanos",
            uid: "thanos",
            type: "prometheus",
            isDefault: true,
            ...gateway,
            // The gateway answers no question about rules and alerts, which nobody should then ask.
            jsonData: { ...thanos, manageAlerts: false, ...tls },
        },
        ...(logs ? [{ ...loki, ...gateway, jsonData: { maxLines, manageAlerts: false, ...tls } }] : []),
    ];
}

function certificateFile(file: string): string {
    return `$__file{${tenantCertificateDirectory}/${file}}`;
}
