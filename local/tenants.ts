import { stringify } from "yaml";
import { applicationLabel } from "../platform/application";
import { lokiConfig, lokiObjectStore, lokiOverrides } from "../platform/loki";
import { httpsUrl } from "../platform/names";
import { filesystem } from "../platform/objstore";
import { presets } from "../platform/sizes";
import { gatewayReadyPath, tenantGatewayConfig } from "../platform/tenantGateway";
import { scopedQuery, tenantLabel } from "../platform/thanos";
import type { Issued } from "./certificates";
import type { Ground } from "./ground";
import { historyEndpoints, observerCertificates, type LocalObserver } from "./observer";
import type { PlannedFile, ProcessPlan } from "./plan";
import { loopback } from "./ports";

/** As config has it by default. */
const logDefaults = { retention: "30d", megabytesPerSecond: 4, streams: 10_000 };

const loki = "loki";
const gateway = "tenant-gateway";
const queries = { "query-tenants": tenantLabel, "query-applications": applicationLabel };

/** Where customers reach the tenant gateway of an observer, without a path. */
export function tenantsUrl({ ground }: LocalObserver): string {
    return httpsUrl(loopback, ground.port(gateway));
}

/** Where Loki itself listens, which asks nobody who he is: only the gateway and the operators' Grafana go there. */
export function lokiUrl({ ground }: LocalObserver): string {
    return ground.url(loki);
}

/** The certificate that the tenant gateway shows. */
export function gatewayCertificate({ ground }: LocalObserver): Issued {
    return { certificate: ground.certificate("tenants.crt"), key: ground.certificate("tenants.key") };
}

/** What an observer has for its tenants: Loki, a Query each for tenants and for applications, and the gateway before them. */
export function planTenantServices(observer: LocalObserver): { files: PlannedFile[]; processes: ProcessPlan[] } {
    const { ground } = observer;
    const config = (name: string) => ground.configuration(name);
    const gatewayFile = config("tenant-gateway.json");
    const scoped = Object.entries(queries).map(([name, label]): ProcessPlan => ({
        name: ground.name(name),
        program: "thanos",
        args: scopedQuery(
            {
                http: ground.address(name),
                grpc: ground.address(name, "grpc"),
                endpoints: historyEndpoints(ground),
            },
            label,
        ),
        ready: `${ground.url(name)}/-/ready`,
    }));
    return {
        files: [
            { path: config("loki.yml"), content: stringify(lokiSettings(ground)) },
            { path: config("loki-overrides.yml"), content: stringify(lokiOverrides([])) },
            { path: gatewayFile, content: JSON.stringify(gatewaySettings(observer)) },
        ],
        processes: [
            {
                name: ground.name(loki),
                program: "loki",
                args: ["-target=all", `-config.file=${config("loki.yml")}`],
                ready: `${ground.url(loki)}/ready`,
            },
            ...scoped,
            {
                name: ground.name(gateway),
                program: "caddy",
                args: ["run", "--config", gatewayFile],
                // Else it would leave traces in the home of whoever runs it.
                environment: { XDG_DATA_HOME: ground.data(gateway), XDG_CONFIG_HOME: ground.data(gateway) },
                ready: `http://${ground.address(gateway, "health")}${gatewayReadyPath}`,
            },
        ],
    };
}

function lokiSettings(ground: Ground) {
    const listener = (purpose: "http" | "grpc") => ({
        address: loopback,
        port: ground.port(loki, purpose),
    });
    return lokiConfig(
        {
            http: listener("http"),
            grpc: listener("grpc"),
            dataDirectory: ground.data(loki),
            overridesFile: ground.configuration("loki-overrides.yml"),
            instanceAddress: loopback,
            // The disk is everybody's here: one that is nine tenths full has room for this.
            fullDisk: 0,
        },
        {
            objectStore: lokiObjectStore(filesystem({ directory: ground.bucket })),
            defaults: logDefaults,
            replicationFactor: 1,
            memory: presets.small.loki.memory,
        },
    );
}

function gatewaySettings(observer: LocalObserver) {
    const { ground } = observer;
    const { certificate, key } = gatewayCertificate(observer);
    return tenantGatewayConfig({
        listen: ground.address(gateway),
        health: ground.address(gateway, "health"),
        serverCertificate: certificate,
        serverKey: key,
        clientCa: observerCertificates(observer).clientAuthorities,
        query: ground.address("query-tenants"),
        loki: ground.address(loki),
    });
}
