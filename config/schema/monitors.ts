import { z } from "zod";
import { applicationChecks, kubernetesThresholds, type Threshold } from "../../platform/monitors";
import { allowed, key, name, url } from "./leaf";

const limit = (value: number | false, description: string) =>
    key(z.union([z.number().min(0), z.literal(false)]).default(value), {
        description,
        allowed: "a number from 0, or false for never",
        example: value,
    });

const threshold = (defaults: Threshold, description: string) =>
    key(
        z
            .strictObject({
                ticket: limit(defaults.ticket, "From here on it is a ticket."),
                page: limit(defaults.page, "From here on it is a page."),
            })
            .prefault({}),
        { description, example: defaults },
    );

const percentWell = (what: string) => `Percent of ${what}; below is bad.`;
const percentUsed = (what: string) => `Percent of ${what} in use; above is bad.`;

const clusters = (whose: string) =>
    key(z.array(name()).default([]), {
        description: `The clusters ${whose}; every customer cluster when empty.`,
        allowed: `names of customers, each ${allowed.name}`,
        example: ["acme-1"],
    });

const kaas = z.strictObject({
    thresholds: key(
        z
            .strictObject({
                nodesHealthy: threshold(kubernetesThresholds.nodesHealthy, percentWell("nodes that are well")),
                podsHealthy: threshold(
                    kubernetesThresholds.podsHealthy,
                    percentWell("pods that are running or have succeeded"),
                ),
                containersRunning: threshold(
                    kubernetesThresholds.containersRunning,
                    percentWell("containers that are running"),
                ),
                deploymentsHealthy: threshold(
                    kubernetesThresholds.deploymentsHealthy,
                    percentWell("Deployments' replicas that are available and up to date"),
                ),
                statefulSetsHealthy: threshold(
                    kubernetesThresholds.statefulSetsHealthy,
                    percentWell("StatefulSets' replicas that are ready"),
                ),
                daemonSetsHealthy: threshold(
                    kubernetesThresholds.daemonSetsHealthy,
                    percentWell("DaemonSets' pods that are available and up to date"),
                ),
                jobsSucceeded: threshold(kubernetesThresholds.jobsSucceeded, percentWell("Jobs that have succeeded")),
                volumesBound: threshold(
                    kubernetesThresholds.volumesBound,
                    percentWell("PersistentVolumeClaims that are bound"),
                ),
                controlPlaneHealthy: threshold(
                    kubernetesThresholds.controlPlaneHealthy,
                    percentWell("a control plane component's targets that answer"),
                ),
                volumeUsage: threshold(kubernetesThresholds.volumeUsage, percentUsed("a PersistentVolumeClaim")),
                nodeCpu: threshold(kubernetesThresholds.nodeCpu, percentUsed("a node's CPU")),
                nodeMemory: threshold(kubernetesThresholds.nodeMemory, percentUsed("a node's memory")),
                nodeDisk: threshold(kubernetesThresholds.nodeDisk, percentUsed("a node's disk")),
                nodeNetworkErrors: threshold(
                    kubernetesThresholds.nodeNetworkErrors,
                    "Errors a second of a node's network; above is bad.",
                ),
            })
            .prefault({}),
        {
            description: "From where on something is a ticket, and from where on a page.",
            example: { nodesHealthy: { ticket: 99, page: 90 } },
        },
    ),
});

const iaas = z.strictObject({
    infrastructures: key(z.array(name()).default([]), {
        description: "The `cluster` label of what each infrastructure's exporters or sidecars send.",
        allowed: allowed.name,
        example: ["testbed"],
    }),
    openstack: key(z.boolean().default(true), {
        description: "OpenStack, by openstack-exporter.",
        example: true,
    }),
    ceph: key(z.boolean().default(true), { description: "Ceph, by its manager's Prometheus module.", example: true }),
    libvirt: key(z.boolean().default(false), {
        description: "Virtual machines, by libvirt-exporter.",
        example: true,
    }),
    exporters: key(
        z
            .array(
                z.strictObject({
                    infrastructure: key(name(), {
                        description: "Whose exporter it is, one of infrastructures.",
                        allowed: allowed.name,
                        example: "testbed",
                    }),
                    kind: key(z.enum(["openstack", "ceph", "libvirt"]), {
                        description: "openstack-exporter, Ceph's manager, or libvirt-exporter.",
                        example: "openstack",
                    }),
                    addresses: key(z.array(z.string().regex(/^[^\s/:]+:\d+$/, "is not an address")).min(1), {
                        description: "What the observer scrapes.",
                        allowed: "host:port",
                        example: ["10.0.0.5:9180"],
                    }),
                    scheme: key(z.enum(["http", "https"]).default("http"), {
                        description: "http or https.",
                        example: "http",
                    }),
                }),
            )
            .default([]),
        {
            description:
                "Exporters that the observer's own Prometheus scrapes; none for an infrastructure that sends by itself. (ScrapeConfig)",
            example: [],
        },
    ),
    storeEndpoints: key(z.array(z.string().regex(/^[^\s:]+:\d+$/, "is not an address")).default([]), {
        description: "gRPC addresses of Thanos sidecars elsewhere. (Query's `--endpoint`)",
        allowed: "host:port",
        example: ["10.0.0.5:10901"],
    }),
});

/** What agents send. */
export const metricSelection = z.strictObject({
    send: key(z.enum(["needed", "all"]).default("needed"), {
        description:
            "needed: what rules and dashboards ask for; `npm run metrics` prints it. all: everything. (remote-write's `write_relabel_configs`)",
        example: "needed",
    }),
    also: key(z.array(z.string().min(1)).default([]), {
        description: "Metrics to send besides those, as anchored regular expressions.",
        allowed: "RE2 expressions",
        example: ["node_hwmon_.*"],
    }),
});

const labelName = () => z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "is not a label name");

const customResource = z.strictObject({
    group: key(z.string().min(1), { description: "The API group.", example: "research.example.org" }),
    version: key(z.string().min(1), { description: "The API version.", example: "v1" }),
    kind: key(z.string().min(1), { description: "The kind.", example: "Project" }),
    plural: key(z.string().min(1), { description: "The kind in the plural, lower case.", example: "projects" }),
    as: key(z.enum(["workspace", "user", "project", "dataset", "workspaceBinding", "datasetBinding", "other"]), {
        description: "What its objects are counted as.",
        example: "project",
    }),
    labels: key(z.record(labelName(), z.array(z.string().min(1)).min(1)).default({}), {
        description: "Labels of its series, each with the path to the value in the object.",
        example: { owner: ["spec", "owner"] },
    }),
});

const tre = z.strictObject({
    clusters: clusters("of the environment"),
    preset: key(z.enum(["lscsde", "karectl"]).default("lscsde"), {
        description: "Whose custom resources hold workspaces and users.",
        example: "lscsde",
    }),
    satreVersion: key(z.enum(["1.1", "2.0"]).default("1.1"), {
        description: "The SATRE numbering on dashboards.",
        example: "1.1",
    }),
    pseudonymiseUsers: key(z.boolean().default(true), {
        description: "Replace user names by pseudonyms before they leave the cluster.",
        example: true,
    }),
    resources: key(z.array(customResource).default([]), {
        description: "Further kinds of custom resources to count. (kube-state-metrics' `customResourceState`)",
        example: [],
    }),
});

const check = (defaults: { enabled: boolean; threshold: number }, description: string) =>
    key(
        z
            .strictObject({
                enabled: key(z.boolean().default(defaults.enabled), { description: "On or off.", example: true }),
                threshold: key(z.number().min(0).default(defaults.threshold), {
                    description: "From here on it is an alert.",
                    allowed: "a number from 0",
                    example: defaults.threshold,
                }),
            })
            .prefault({}),
        { description, example: defaults },
    );

const application = z.strictObject({
    name: key(name(), {
        description: "The application's name, unique: the `application` label of its alerts.",
        allowed: allowed.name,
        example: "portal",
    }),
    namespace: key(name(), { description: "Its namespace.", allowed: allowed.name, example: "portal" }),
    clusters: clusters("it runs on"),
    url: key(url().optional(), {
        description: "Its public address, probed from the observer.",
        allowed: allowed.url,
        example: "https://portal.example.org/",
    }),
    receiver: key(z.string().min(1).optional(), {
        description: "The receiver of alerting.receivers that its team reads.",
        example: "team",
    }),
    channel: key(
        z
            .string()
            .regex(/^#[^\s#]+$/, "is not a channel")
            .optional(),
        {
            description: "Its team's Slack channel, where the receiver is a slackBot; that receiver's own when unset.",
            allowed: "a name that starts with #",
            example: "#portal",
        },
    ),
    checks: key(
        z
            .strictObject({
                restarts: check(applicationChecks.restarts, "Restarts of a container in an hour."),
                state: check(applicationChecks.state, "Minutes that a pod may be neither running nor completed."),
                oomKills: check(applicationChecks.oomKills, "Containers killed for their memory in an hour."),
                cpu: check(applicationChecks.cpu, "Percent of a container's CPU limit."),
                memory: check(applicationChecks.memory, "Percent of a container's memory limit."),
                volume: check(applicationChecks.volume, "Percent of a volume."),
                errors: check(applicationChecks.errors, "Percent of requests answered 5xx."),
                latency: check(applicationChecks.latency, "Seconds, 95th percentile of the ingress' answers."),
                argocd: check(applicationChecks.argocd, "Minutes that Argo CD may call it out of sync or unhealthy."),
            })
            .prefault({}),
        { description: "What is checked, and from where on it is an alert.", example: { cpu: { enabled: false } } },
    ),
    gunicorn: key(z.boolean().default(false), {
        description: "Runs under Gunicorn, whose statsd metrics a statsd_exporter translates.",
        example: true,
    }),
    database: key(z.string().min(1).optional(), {
        description: "The name of its PostgreSQL database, watched by a postgres_exporter.",
        example: "portal",
    }),
    jupyterhub: key(z.boolean().default(false), { description: "Is a JupyterHub.", example: true }),
});

const metricName = () => z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "is not a metric name");

/** What is watched besides the fleet's own health. */
export const monitors = z.strictObject({
    metrics: metricSelection.prefault({}).meta({
        description: "What agents send of what the platform's own exporters expose; other jobs are sent whole.",
    }),
    kaas: kaas.prefault({}).meta({ description: "Health of every managed Kubernetes cluster." }),
    iaas: key(iaas.optional(), {
        description: "OpenStack and Ceph.",
        example: { infrastructures: ["testbed"] },
    }),
    harbor: key(
        z
            .strictObject({
                namespace: key(name().default("harbor"), {
                    description: "Its namespace.",
                    allowed: allowed.name,
                    example: "harbor",
                }),
                scrapeOn: key(name().optional(), {
                    description:
                        "The cluster on which the platform makes ServiceMonitors for it, the observer's or a customer's; unset where Harbor's own chart makes them (`metrics.serviceMonitor.enabled`).",
                    allowed: allowed.name,
                    example: "observer",
                }),
            })
            .optional(),
        { description: "A Harbor registry.", example: { namespace: "harbor" } },
    ),
    tre: key(tre.optional(), { description: "A trusted research environment.", example: { preset: "lscsde" } }),
    endpoints: z
        .strictObject({
            targets: key(
                z
                    .array(
                        z.strictObject({
                            name: key(name(), {
                                description: "The endpoint's name, unique.",
                                allowed: allowed.name,
                                example: "registry",
                            }),
                            url: key(
                                z.string().regex(/^(https?:\/\/\S+|[^\s/:]+:\d+)$/, "is neither a URL nor an address"),
                                {
                                    description: "What is probed.",
                                    allowed: "a URL that starts with https:// or http://; host:port for tcp and tls",
                                    example: "https://registry.example.org/",
                                },
                            ),
                            module: key(z.enum(["http", "tcp", "tls"]).default("http"), {
                                description:
                                    "How: http wants a 2xx after redirects, tcp a connection, tls a connection with a valid certificate.",
                                example: "http",
                            }),
                        }),
                    )
                    .default([]),
                { description: "The endpoints.", example: [] },
            ),
            slowSeconds: key(z.number().positive().default(5), {
                description: "Seconds that a probe may take on average.",
                allowed: "a number above 0",
                example: 5,
            }),
        })
        .prefault({})
        .meta({ description: "Service endpoints, probed from the observer." }),
    applications: key(z.array(application).default([]), { description: "Web applications.", example: [] }),
    certificates: z
        .strictObject({
            ticketDays: key(z.int().min(1).default(30), {
                description: "Days before expiry from which it is a ticket.",
                allowed: "a whole number from 1",
                example: 30,
            }),
            pageDays: key(z.int().min(1).default(3), {
                description: "Days before expiry from which it is a page.",
                allowed: "a whole number from 1",
                example: 3,
            }),
        })
        .prefault({})
        .meta({ description: "Certificate lifetimes: of endpoints, control planes, cert-manager and agents." }),
    argocd: key(
        z
            .strictObject({
                namespace: key(name().default("argocd"), {
                    description: "Its namespace.",
                    allowed: allowed.name,
                    example: "argocd",
                }),
            })
            .optional(),
        { description: "Argo CD: sync and health of every application it has.", example: { namespace: "argocd" } },
    ),
    vault: key(
        z
            .strictObject({
                tokenDays: key(z.int().min(1).default(14), {
                    description: "Days before a token's expiry from which it is a ticket.",
                    allowed: "a whole number from 1",
                    example: 14,
                }),
            })
            .optional(),
        { description: "Vault: token lifetimes, and secrets that are not refreshed.", example: { tokenDays: 14 } },
    ),
    events: z
        .strictObject({
            vault: key(z.boolean().default(true), {
                description: "Secrets written or deleted in Vault, from the audit log that its pods print.",
                example: true,
            }),
            adminActions: key(z.boolean().default(true), {
                description:
                    "Administrative actions: Argo CD syncs that a person asked for, and what the API server's audit log (where its pods print it) says of roles and their bindings.",
                example: true,
            }),
            rollouts: key(z.boolean().default(true), {
                description: "Deployments that were rolled out, from the Kubernetes events.",
                example: true,
            }),
            custom: key(
                z
                    .array(
                        z.strictObject({
                            name: key(name(), {
                                description: "The event's name, its `event` label.",
                                allowed: allowed.name,
                                example: "token-revoked",
                            }),
                            namespace: key(name(), {
                                description: "The namespace of the pods that log it.",
                                allowed: allowed.name,
                                example: "gafaelfawr",
                            }),
                            expression: key(z.string().min(1), {
                                description: "What a line must match.",
                                allowed: "an RE2 expression",
                                example: "token (revoked|deleted)",
                            }),
                        }),
                    )
                    .default([]),
                { description: "Events of your own.", example: [] },
            ),
        })
        .prefault({})
        .meta({
            description:
                "Interesting events, counted by the collectors of logs: a metric, a line on dashboards, and a notification of severity info.",
        }),
    validations: key(
        z
            .array(
                z.strictObject({
                    name: key(name().max(41), {
                        description: "Its name, unique; a CronJob is named after it.",
                        allowed: "1 to 41 characters of a-z, 0-9 and hyphens, not at the ends",
                        example: "dns",
                    }),
                    schedule: key(z.string().regex(/^(\S+\s+){4}\S+$/, "is not a cron schedule"), {
                        description: "When it runs. (CronJob's `schedule`)",
                        allowed: "five fields of cron",
                        example: "17 6 * * *",
                    }),
                    image: key(z.string().min(1), {
                        description: "The image that has what the script needs.",
                        example: "docker.io/library/alpine:3.22",
                    }),
                    script: key(z.string().min(1), {
                        description:
                            "Shell. What it prints is its findings; an exit code other than 0 says there are some.",
                        example: "nslookup portal.example.org",
                    }),
                }),
            )
            .default([]),
        { description: "Scripts that check something now and then, on the observer.", example: [] },
    ),
    pushed: key(
        z
            .array(
                z.strictObject({
                    metric: key(metricName(), {
                        description: "The metric as Prometheus has it.",
                        allowed: "a Prometheus metric name",
                        example: "cluster_temperature_C",
                    }),
                    title: key(z.string().min(1), { description: "What it is.", example: "Temperature" }),
                    unit: key(z.string().min(1).default("short"), {
                        description: "A unit of Grafana.",
                        example: "celsius",
                    }),
                    by: key(z.array(labelName()).default([]), {
                        description: "Labels that tell its series apart.",
                        example: ["rack_id"],
                    }),
                }),
            )
            .default([]),
        { description: "Metrics of your own, for the dashboard of custom metrics.", example: [] },
    ),
    clusterApi: key(
        z
            .strictObject({
                cluster: key(name(), {
                    description: "The cluster of the fleet whose API server holds the objects.",
                    allowed: allowed.name,
                    example: "management",
                }),
                tenantLabel: key(z.string().min(1).default("fleet-observability/tenant"), {
                    description: "The label of a Cluster object that names its customer.",
                    example: "fleet-observability/tenant",
                }),
            })
            .optional(),
        {
            description: "A management cluster whose Cluster API objects join the inventory.",
            example: { cluster: "management" },
        },
    ),
});
