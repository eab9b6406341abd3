import { stringify } from "yaml";
import { alertmanagerConfig, deadMansSwitchFile } from "../platform/alertmanager";
import { namespace, services, thanosRelease } from "../platform/names";
import { filesystem, objstoreYaml } from "../platform/objstore";
import { peerRelabelings } from "../platform/peers";
import { blackboxConfig, blackboxExporter, peerProbeSpec } from "../platform/probes";
import { relabelConfig } from "../platform/relabeling";
import { remoteWriteConfig, remoteWriteUrl } from "../platform/remoteWrite";
import { rulerArguments } from "../platform/ruler";
import { preset } from "../platform/sizes";
import * as thanos from "../platform/thanos";
import type { TenantLimits } from "../platform/tenancy";
import { Ground } from "./ground";
import { haste } from "./haste";
import type { PlannedFile, ProcessPlan, Stage } from "./plan";
import { loopback } from "./ports";
import type { ScrapeConfig } from "./simulation/exporters";

/** The name of the observer where there is one: its `cluster` label. */
export const observerName = "observer";

/** How often everything is scraped on one machine, where the first sample is waited for; clusters take their profile's. */
export const scrapeInterval = "5s";

/** As config has it by default. */
const retention: thanos.Retention = { raw: "30d", fiveMinutes: "180d", oneHour: "2y" };

const size = preset({ size: "medium" });
const ingestors = names("receive-ingestor", size.receiveIngestor.replicas);

function names(component: string, replicas: number): string[] {
    return Array.from({ length: replicas }, (_, index) => `${component}-${index}`);
}

/** An observer of this machine. */
export interface LocalObserver {
    /** Its name: its `cluster` label, and the tenant that it writes to its peers as. */
    name: string;
    /** Where its processes stand. */
    ground: Ground;
    /** The process of its own Prometheus. */
    prometheus: string;
    /** The processes of its receive routers. */
    routers: string[];
}

/** One observer, or a pair that watch each other; each of a pair has one router, because it is one machine. */
export function localObservers(count: number, ground: Ground): LocalObserver[] {
    if (count === 1) {
        const routers = names("receive-router", size.receiveRouter.replicas);
        return [{ name: observerName, ground, prometheus: `${observerName}-prometheus`, routers }];
    }
    return ["a", "b"].slice(0, count).map((letter) => {
        const name = `${observerName}-${letter}`;
        return { name, ground: ground.of(name), prometheus: "prometheus", routers: names("receive-router", 1) };
    });
}

/** Where remote-write goes to a receive router of an observer. */
export function remoteWriteTo({ ground }: LocalObserver, router: string): string {
    return remoteWriteUrl(loopback, ground.port(router, "remote-write"));
}

/** Where an observer's certificates are. */
export function observerCertificates({ ground }: LocalObserver) {
    return {
        /** Who signs for it: clients know it by this one. */
        authority: ground.certificate("ca.crt"),
        /** Everyone whose clients may write to it. */
        clientAuthorities: ground.certificate("client-cas.crt"),
        /** What its receive routers show. */
        receive: { certificate: ground.certificate("receive.crt"), key: ground.certificate("receive.key") },
        /** What it writes to its peers with. */
        peerWrite: { certificate: ground.certificate("peer-write.crt"), key: ground.certificate("peer-write.key") },
    };
}

/** What the observer does not decide itself. */
export interface ObserverSurroundings {
    /** The ruler's rule file. */
    rules: string;
    limits: TenantLimits[];
    /** See local/haste.ts. */
    hurry: boolean;
    /** What its Prometheus scrapes besides the platform itself. */
    simulated: ScrapeConfig[];
    /** The observers that it watches, and that watch it. */
    peers: LocalObserver[];
    /** Where the notifications of the receiver `local` go, and those of the dead man's switch. */
    notifications: { local: string; deadMansSwitch: string };
}

/** The observer's files and processes. */
export interface ObserverPlan {
    files: PlannedFile[];
    /** What takes, keeps and judges samples. */
    receiving: Stage[];
    /** What answers questions. */
    answering: Stage[];
}

/** The observer: every component that a real one has, from the same decisions, once where a cluster runs it twice. */
export function planObserver(observer: LocalObserver, surroundings: ObserverSurroundings): ObserverPlan {
    const { ground, routers } = observer;
    const component = (name: string, args: string[]): ProcessPlan => ({
        name: ground.name(name),
        program: "thanos",
        args,
        ready: `${ground.url(name)}/-/ready`,
    });
    const args = thanosArguments(observer);
    const files: PlannedFile[] = [
        { path: objstoreFile(ground), content: objstoreYaml(filesystem({ directory: ground.bucket })) },
        {
            path: ground.configuration("hashrings.json"),
            content: JSON.stringify(thanos.hashrings(ingestors.map((name) => ground.address(name, "grpc")))),
        },
        { path: limitsFile(ground), content: limits(observer, surroundings.limits) },
        { path: ground.configuration("cache.yml"), content: thanos.queryFrontendCache },
        { path: ground.configuration("rules.yml"), content: surroundings.rules },
        {
            path: ground.configuration("alertmanager.yml"),
            content: stringify(notifying(ground, surroundings)),
        },
        { path: `${ground.receiverSecrets}/${localReceiver}`, content: surroundings.notifications.local, secret: true },
        {
            path: `${ground.receiverSecrets}/${deadMansSwitchFile}`,
            content: surroundings.notifications.deadMansSwitch,
            secret: true,
        },
        {
            path: prometheusFile(observer),
            content: stringify(prometheusConfig(observer, surroundings)),
        },
        ...(surroundings.peers.length === 0
            ? []
            : [{ path: blackboxFile(ground), content: stringify(blackboxConfig) }]),
    ];
    return {
        files,
        receiving: [
            {
                title: "Object store, Alertmanager and the observer's Prometheus",
                processes: [
                    ...ingestors.map((name) => component(name, args.receiveIngestor[name] ?? [])),
                    component("store", args.store),
                    component("compactor", args.compactor),
                    alertmanager(ground),
                    prometheus(observer),
                    ...(surroundings.peers.length === 0 ? [] : [blackbox(ground)]),
                ],
            },
            {
                title: "Receive routers, ruler and sidecar",
                processes: [
                    ...routers.map((name) => component(name, args.receiveRouter[name] ?? [])),
                    component("ruler", args.ruler),
                    component("sidecar", args.sidecar),
                ],
            },
        ],
        answering: [
            {
                title: "Query",
                processes: [
                    component(
                        "query",
                        surroundings.hurry ? [...args.query, `--query.lookback-delta=${haste.lookback}`] : args.query,
                    ),
                ],
            },
            {
                // It looks for Query only every ten seconds, so Query had better be there.
                title: "Query-frontend and bucket web",
                processes: [component("query-frontend", args.queryFrontend), component("bucket-web", args.bucketWeb)],
            },
        ],
    };
}

/** The command line of each Thanos component; of those with replicas, by the replica's name. */
export interface ThanosArguments {
    receiveRouter: Record<string, string[]>;
    receiveIngestor: Record<string, string[]>;
    query: string[];
    queryFrontend: string[];
    store: string[];
    compactor: string[];
    ruler: string[];
    bucketWeb: string[];
    sidecar: string[];
}

/** The exact command lines of the local fleet, with places that stand for the real ones: to hold other renderings against. */
export function localThanosArguments(): ThanosArguments {
    let port = 10_000;
    const [observer] = localObservers(1, new Ground("/local", { take: () => port++ })) as [LocalObserver];
    return thanosArguments(observer);
}

function thanosArguments(observer: LocalObserver): ThanosArguments {
    const { ground, routers } = observer;
    const certificates = observerCertificates(observer);
    const http = (name: string) => ({ http: ground.address(name) });
    const both = (name: string) => ({ http: ground.address(name), grpc: ground.address(name, "grpc") });
    const receive = (name: string) => ({
        ...both(name),
        capnproto: ground.address(name, "capnproto"),
        remoteWrite: ground.address(name, "remote-write"),
        replica: ground.name(name),
    });
    const objstore = { objstoreFile: objstoreFile(ground) };

    return {
        receiveRouter: forEach(routers, (name) =>
            thanos.receiveRouter(
                {
                    ...receive(name),
                    hashringsFile: ground.configuration("hashrings.json"),
                    limitsFile: limitsFile(ground),
                    serverCertificate: certificates.receive.certificate,
                    serverKey: certificates.receive.key,
                    clientCa: certificates.clientAuthorities,
                },
                size,
            ),
        ),
        receiveIngestor: forEach(ingestors, (name) =>
            thanos.receiveIngestor({ ...receive(name), ...objstore, dataDirectory: ground.data(name) }),
        ),
        query: thanos.query({
            ...both("query"),
            endpoints: [
                ...historyEndpoints(ground),
                ...["sidecar", "ruler"].map((name) => ground.address(name, "grpc")),
            ],
        }),
        queryFrontend: thanos.queryFrontend({
            ...http("query-frontend"),
            downstream: ground.url("query"),
            cacheFile: ground.configuration("cache.yml"),
        }),
        store: thanos.store({ ...both("store"), ...objstore, dataDirectory: ground.data("store") }),
        compactor: thanos.compactor(
            { ...http("compactor"), ...objstore, dataDirectory: ground.data("compactor") },
            retention,
        ),
        ruler: rulerArguments(
            {
                ...both("ruler"),
                ...objstore,
                dataDirectory: ground.data("ruler"),
                ruleFile: ground.configuration("rules.yml"),
                query: ground.url("query"),
                alertmanager: ground.url("alertmanager"),
                replica: "ruler-0",
            },
            observer.name,
        ),
        bucketWeb: thanos.bucketWeb({ ...http("bucket-web"), ...objstore }),
        // In a cluster the operator writes this command line, from the Prometheus object.
        sidecar: [
            "sidecar",
            `--http-address=${ground.address("sidecar")}`,
            `--grpc-address=${ground.address("sidecar", "grpc")}`,
            `--prometheus.url=${ground.url(observer.prometheus)}`,
            `--tsdb.path=${ground.data(observer.prometheus)}`,
            `--objstore.config-file=${objstoreFile(ground)}`,
        ],
    };
}

/** gRPC addresses of all that has customers' samples and nothing else. */
export function historyEndpoints(ground: Ground): string[] {
    return [...ingestors, "store"].map((name) => ground.address(name, "grpc"));
}

function forEach<Value>(keys: string[], value: (key: string) => Value): Record<string, Value> {
    return Object.fromEntries(keys.map((key) => [key, value(key)]));
}

function objstoreFile(ground: Ground): string {
    return ground.configuration("objstore.yml");
}

/** The receive routers' limits; they read it again when it changes. */
export function limitsFile(ground: Ground): string {
    return ground.configuration("limits.yml");
}

function limits({ ground, prometheus }: LocalObserver, tenants: TenantLimits[]): string {
    return thanos.receiveLimits(tenants, size.replicationFactor, ground.url(prometheus));
}

const localReceiver = "local";

const routing = {
    receivers: { [localReceiver]: { kind: "webhook" as const } },
    routes: [],
    defaultReceiver: localReceiver,
    deadMansSwitch: true,
    businessHours: { timezone: "UTC", days: ["monday:friday"], from: "09:00", to: "17:00" },
};

function notifying(ground: Ground, { hurry }: ObserverSurroundings) {
    const { route, ...config } = alertmanagerConfig(routing, ground.receiverSecrets);
    return {
        ...config,
        route: hurry ? { ...route, group_wait: haste.groupWait, group_interval: haste.groupInterval } : route,
    };
}

function alertmanager(ground: Ground): ProcessPlan {
    return {
        name: ground.name("alertmanager"),
        program: "alertmanager",
        args: [
            `--config.file=${ground.configuration("alertmanager.yml")}`,
            `--storage.path=${ground.data("alertmanager")}`,
            `--web.listen-address=${ground.address("alertmanager")}`,
            // One Alertmanager has nobody to gossip with.
            "--cluster.listen-address=",
        ],
        ready: `${ground.url("alertmanager")}/-/ready`,
    };
}

function prometheusFile({ ground, prometheus }: LocalObserver): string {
    return ground.configuration(`${prometheus}.yml`);
}

function prometheus(observer: LocalObserver): ProcessPlan {
    const { ground, prometheus } = observer;
    return {
        name: ground.name(prometheus),
        program: "prometheus",
        args: [
            `--config.file=${prometheusFile(observer)}`,
            `--storage.tsdb.path=${ground.data(prometheus)}`,
            `--web.listen-address=${ground.address(prometheus)}`,
            // As the operator sets it where a sidecar uploads blocks: what is uploaded must not be compacted here.
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
        ],
        ready: `${ground.url(prometheus)}/-/ready`,
    };
}

function blackboxFile(ground: Ground): string {
    return ground.configuration(`${blackboxExporter.name}.yml`);
}

function blackbox(ground: Ground): ProcessPlan {
    return {
        name: ground.name(blackboxExporter.name),
        program: "blackbox_exporter",
        args: [
            `--config.file=${blackboxFile(ground)}`,
            `--web.listen-address=${ground.address(blackboxExporter.name)}`,
        ],
        ready: `${ground.url(blackboxExporter.name)}/-/healthy`,
    };
}

/** The observer's own Prometheus: the jobs are called as in a cluster, after the Services. */
function prometheusConfig(observer: LocalObserver, { simulated, peers }: ObserverSurroundings) {
    const { ground, routers } = observer;
    const job = (name: string, processes: string[]) => ({
        job_name: name,
        static_configs: [{ targets: processes.map((process) => ground.address(process)), labels: { namespace } }],
    });
    return {
        global: {
            scrape_interval: scrapeInterval,
            external_labels: { cluster: observer.name, prometheus_replica: `${observer.prometheus}-0` },
        },
        alerting: { alertmanagers: [{ static_configs: [{ targets: [ground.address("alertmanager")] }] }] },
        scrape_configs: [
            job(services.prometheus.name, [observer.prometheus]),
            job(services.prometheusSidecar.name, ["sidecar"]),
            job(services.alertmanager.name, ["alertmanager"]),
            job(services.receiveRouter.name, routers),
            job(services.receiveIngestor.name, ingestors),
            job(services.query.name, ["query"]),
            job(services.queryFrontend.name, ["query-frontend"]),
            job(services.storeGateway.name, ["store"]),
            job(services.ruler.name, ["ruler"]),
            job(`${thanosRelease}-compactor`, ["compactor"]),
            job(`${thanosRelease}-bucketweb`, ["bucket-web"]),
            ...peers.map((peer) => probe(observer, peer)),
            ...simulated,
        ],
        ...(peers.length === 0 ? {} : { remote_write: peers.map((peer) => toPeer(observer, peer)) }),
    };
}

/** A peer's Probe, as the operator writes it into the configuration. */
function probe({ ground }: LocalObserver, peer: LocalObserver) {
    const queryUrl = peer.ground.url("query-frontend");
    const { module, targets, metricRelabelings } = peerProbeSpec({ name: peer.name, queryUrl }, "");
    return {
        job_name: `probe-${peer.name}`,
        metrics_path: "/probe",
        params: { module: [module] },
        static_configs: [{ targets: targets.staticConfig.static, labels: targets.staticConfig.labels }],
        relabel_configs: [
            { source_labels: ["__address__"], target_label: "__param_target" },
            { source_labels: ["__param_target"], target_label: "instance" },
            { target_label: "__address__", replacement: ground.address(blackboxExporter.name) },
        ],
        metric_relabel_configs: metricRelabelings.map(relabelConfig),
    };
}

function toPeer(observer: LocalObserver, peer: LocalObserver) {
    const [router = ""] = peer.routers;
    const { authority } = observerCertificates(peer);
    return remoteWriteConfig(
        { name: peer.name, url: remoteWriteTo(peer, router), ca: authority, relabelings: peerRelabelings },
        observerCertificates(observer).peerWrite,
    );
}
