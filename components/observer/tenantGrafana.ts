import { createHash } from "node:crypto";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { GrafanaValues } from "../../charts/generated/grafana";
import { tenantDashboards } from "../../dashboards";
import { credentialPeriod, type Sign } from "../../platform/credentials";
import { tenantCertificateDirectory, tenantDatasources } from "../../platform/datasources";
import type { Monitors } from "../../platform/monitors";
import type { TenantGrafana } from "../../platform/names";
import {
    clientSecretMount,
    openPorts,
    publishedSettings,
    signInSettings,
    tenantRoles,
    type SignIn,
} from "../../platform/signIn";
import { containerResources } from "../../platform/sizes";
import { readerUnit } from "../../platform/tenancy";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";

/** Arguments of the tenants' Grafanas. */
export interface TenantGrafanasArgs {
    grafanas: TenantGrafana[];
    signIn: SignIn;
    /** The Secret with the client's secret; empty for a public client. */
    clientSecret: pulumi.Resource[];
    /** Signs the certificate with which each asks for its tenant's data. */
    sign: pulumi.Output<Sign>;
    now: Date;
    /** The tenant gateway's authority, PEM. */
    gatewayAuthority: pulumi.Input<string>;
    /** What is watched: it decides which dashboards there are. */
    monitors: Monitors;
    /** Whether there are logs to show. */
    logs: boolean;
    releases: ReleasePolicy;
}

/** A ConfigMap of dashboards, mounted as one folder of every tenant's Grafana. */
interface DashboardFolder {
    folder: string;
    /** What the folder is called where only a DNS label may stand. */
    label: string;
    configMap: ConfigMap;
}

/**
 * A Grafana for each tenant that a group may see. It holds the tenant's certificate and nothing else: whatever is asked
 * through it, the tenant gateway answers with what is the tenant's. It keeps nothing and can be thrown away.
 */
export function provisionTenantGrafanas(
    name: string,
    args: TenantGrafanasArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    if (args.grafanas.length === 0) {
        return;
    }
    const folders = dashboardFolders(`${name}-tenant-dashboards`, args.monitors, opts);
    const dependsOn = [...args.clientSecret, ...folders.map(({ configMap }) => configMap)];
    for (const grafana of args.grafanas) {
        const { application } = grafana;
        const certificate = tenantCertificate(`${name}-${application}-tls`, grafana, args, opts);
        chartRelease(
            `${name}-${application}`,
            {
                releaseName: application,
                chart: "grafana",
                values: tenantGrafanaValues(grafana, {
                    ...args,
                    secret: args.clientSecret.length > 0,
                    folders,
                    certificateDigest: certificate.digest,
                }),
                policy: args.releases,
            },
            { ...opts, dependsOn: [certificate.secret, ...dependsOn] },
        );
    }
}

/** The dashboards that name no tenant: the same for all, so one ConfigMap for each folder is enough. */
function dashboardFolders(name: string, monitors: Monitors, opts: pulumi.CustomResourceOptions): DashboardFolder[] {
    const dashboards = tenantDashboards(monitors);
    return [...new Set(dashboards.map(({ folder }) => folder))].map((folder) => {
        const label = folder.toLowerCase().replaceAll(" ", "-");
        const files = dashboards.filter((each) => each.folder === folder);
        const configMap = new ConfigMap(
            `${name}-${label}`,
            {
                metadata: metadata(`tenant-dashboards-${label}`),
                data: Object.fromEntries(files.map(({ uid, json }) => [`${uid}.json`, json])),
            },
            opts,
        );
        return { folder, label, configMap };
    });
}

/** The Secret by which the gateway knows the tenant, and a digest that changes with it. */
function tenantCertificate(
    name: string,
    { application, tenant }: TenantGrafana,
    { sign, now, gatewayAuthority }: TenantGrafanasArgs,
    opts: pulumi.CustomResourceOptions,
): { secret: Secret; digest: pulumi.Output<string> } {
    const issued = sign.apply((issue) => issue({ cluster: application, tenant, readsOnly: true }, now));
    const secret = new Secret(
        name,
        {
            metadata: metadata(certificateSecret(application)),
            type: "kubernetes.io/tls",
            stringData: {
                "tls.crt": issued.certificate,
                "tls.key": issued.privateKey,
                "ca.crt": gatewayAuthority,
            },
        },
        opts,
    );
    // The certificate is computed, so when it begins says which one it is.
    const { start } = credentialPeriod(application, now);
    const digest = pulumi
        .output(gatewayAuthority)
        .apply((authority) =>
            createHash("sha256").update(`${readerUnit} ${start.toISOString()} ${authority}`).digest("hex"),
        );
    return { secret, digest };
}

/** Not `grafana-<tenant>`: a tenant called `admin` would have the Secret of the operators' Grafana. */
function certificateSecret(application: string): string {
    return `${application}-tls`;
}

const dashboardDirectory = "/var/lib/grafana/dashboards";

function tenantGrafanaValues(
    { application, host, tenant }: TenantGrafana,
    args: {
        signIn: SignIn;
        /** The client has a secret. */
        secret: boolean;
        logs: boolean;
        folders: DashboardFolder[];
        certificateDigest: pulumi.Output<string>;
    },
): GrafanaValues<pulumi.Output<unknown>> {
    const { signIn, secret, logs, folders } = args;
    const published = publishedSettings(host);
    const oidc = signInSettings({ signIn, roles: tenantRoles(signIn, tenant), secret });
    return {
        fullnameOverride: application,
        // It asks nothing of the API server, so neither a role nor a token; the chart's sidecars could read every Secret.
        rbac: { create: false },
        serviceAccount: { create: false },
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        testFramework: { enabled: false },
        // There is no admin, so there is no password to lose. What is to be changed is changed in the stack's config.
        env: { GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true" },
        "grafana.ini": {
            analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
            ...published,
            ...oidc,
            auth: { ...oidc.auth, disable_login_form: true },
            "auth.basic": { enabled: false },
            "auth.generic_oauth": { ...oidc["auth.generic_oauth"], auto_login: true },
            // Explore, and changes that nobody keeps.
            users: { viewers_can_edit: true },
            // Alerts are the platform's; and nothing is shown to people who have not signed in.
            unified_alerting: { enabled: false },
            public_dashboards: { enabled: false },
            snapshots: { enabled: false, external_enabled: false },
            plugins: { plugin_admin_enabled: false, preinstall_disabled: true },
        },
        datasources: { "datasources.yaml": { apiVersion: 1, datasources: tenantDatasources({ logs }) } },
        dashboardProviders: {
            "dashboardproviders.yaml": {
                apiVersion: 1,
                providers: folders.map(({ folder, label }) => ({
                    name: label,
                    folder,
                    type: "file",
                    disableDeletion: true,
                    allowUiUpdates: false,
                    options: { path: `${dashboardDirectory}/${label}` },
                })),
            },
        },
        dashboardsConfigMaps: Object.fromEntries(
            folders.map(({ label, configMap }) => [label, configMap.metadata.name]),
        ),
        extraSecretMounts: [
            {
                name: "tenant",
                secretName: certificateSecret(application),
                mountPath: tenantCertificateDirectory,
                readOnly: true,
                defaultMode: 0o440,
            },
            ...(secret ? [clientSecretMount] : []),
        ],
        // Datasources are read when Grafana starts: a new certificate needs a new pod.
        podAnnotations: { "checksum/tenant-certificate": args.certificateDigest },
        networkPolicy: { enabled: true, ingress: false, egress: { enabled: true, ports: openPorts() } },
        resources: containerResources({ cpu: "50m", memory: "256Mi" }),
    };
}
