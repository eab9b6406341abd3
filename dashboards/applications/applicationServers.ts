import { createHash } from "node:crypto";
import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { linkTo } from "../board";
import { onClusters, type ApplicationMonitor } from "../../platform/monitors";
import type { DashboardContext } from "../audience";
import { chosen } from "../variables";
import { clustersBoard, type ServerScope } from "./board";
import { addGunicorn } from "./gunicorn";
import { addPostgres } from "./postgres";

/** One dashboard for each application that runs under Gunicorn or has a PostgreSQL database. */
export function applicationServers({ monitors }: DashboardContext): DashboardBuilder[] {
    return monitors.applications.filter(({ gunicorn, database }) => gunicorn || database !== undefined).map(serversOf);
}

const longestUid = 40;

/** The uid of an application's dashboard: its name, so that no two clash; with a digest where the name is too long. */
export function serverUid(name: string): string {
    const readable = `server-${name}`;
    if (readable.length <= longestUid && !name.includes("--")) {
        return readable;
    }
    const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
    const start = readable.replaceAll(/-+/g, "-").slice(0, longestUid - digest.length - 1);
    return `${start.replace(/-$/, "")}-${digest}`;
}

function serversOf(application: ApplicationMonitor): DashboardBuilder {
    const { name, gunicorn, database } = application;
    const parts = [...(gunicorn ? ["Gunicorn"] : []), ...(database === undefined ? [] : ["PostgreSQL"])].join(" and ");
    const dashboard = clustersBoard({
        title: `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${parts}`,
        uid: serverUid(name),
        description: `What ${name} runs on: ${parts}, in namespace ${application.namespace}.`,
    })
        .link(linkTo("Applications", "applications", { variables: false }))
        .link(linkTo("Application", "application", { variables: true }));
    const scope: ServerScope = {
        own: `${chosen},namespace="${application.namespace}"${onClusters(application)}`,
        by: "cluster, tenant, service",
        service: "{{service}} on {{cluster}}",
        pod: "{{pod}} on {{cluster}}",
        server: "{{cluster}}",
    };
    const of = `${chosen},application="${name}"`;
    if (gunicorn) {
        addGunicorn(dashboard, {
            ...scope,
            checks: application.checks,
            errors: `application:gunicorn_errors:ratio_rate5m{${of}}`,
            latency: `application:gunicorn_request_duration_seconds:p95{${of}}`,
            restarts: {
                expr: `max by (cluster, tenant, pod, container) (application:container_restarts:increase1h{${of}})`,
                legend: "{{pod}} {{container}} on {{cluster}}",
            },
        });
    }
    if (database !== undefined) {
        addPostgres(dashboard, {
            ...scope,
            database,
            connections: `application:postgres_connections:ratio{${of}}`,
        });
    }
    return dashboard;
}
