import { readerUnit, tenantPattern } from "./tenancy";
import { tenantHeader } from "./thanos";

/**
 * The tenant gateway: Caddy between customers and what believes a tenant's name. TLS ends here, the client certificate's
 * common name is the tenant, and the headers that name it behind here are written here. What is not listed is not there.
 */

/** The header by which Loki is told whose logs are meant. */
export const logTenantHeader = "X-Scope-OrgID";

/** Whether there is a gateway: for tenants' logs, for their queries, or for the Grafanas of their people. */
export function servesTenants({
    ingress,
    logs,
    auth,
}: {
    ingress: { tenants: { enabled: boolean } };
    logs: { enabled: boolean };
    auth: { oidc?: { tenants?: object } };
}): boolean {
    return ingress.tenants.enabled || logs.enabled || Object.keys(auth.oidc?.tenants ?? {}).length > 0;
}

/** The places of the tenant gateway. */
export interface TenantGatewayPlaces {
    /** Where customers connect, host:port; TLS with a client certificate. */
    listen: string;
    /** Where it tells whether it is ready, and its metrics, host:port; neither TLS nor tenants. */
    health: string;
    serverCertificate: string;
    serverKey: string;
    /** A file with every authority whose clients are let in. */
    clientCa: string;
    /** The scoped Query of label `tenant`, host:port. */
    query: string;
    /** Loki, host:port; no logs pass when unset. */
    loki?: string;
}

/** The path of readiness on the health listener. */
export const gatewayReadyPath = "/ready";

/** Requests that are let through: to whom, by which methods, which paths, and how large a body may be. */
interface Passage {
    upstream: "query" | "loki";
    methods: string[];
    /** Regular expressions of whole paths as they were sent, before anything is decoded. */
    paths: string[];
    /** Bytes. */
    maxBody: number;
    /** True: a WebSocket and nothing else. */
    webSocket?: boolean;
    /** True: not for who may only read. */
    writes?: boolean;
}

const read = ["GET", "POST"];
const labelValues = "label/[a-zA-Z_][a-zA-Z0-9_]*/values";
const queryBody = 1024 * 1024;

/** Loki's own limit of a message; collectors send a megabyte. */
const pushBody = 16 * 1024 * 1024;

/**
 * Query's paths are those that Thanos restricts to a tenant, and its version, which says nothing of anybody: Grafana asks
 * for it. Stores, rules, targets, metadata and exemplars know no tenant. Loki restricts every path, but what deletes or
 * configures is nobody's here.
 */
const passages: Passage[] = [
    { upstream: "query", methods: read, paths: series("/api/v1", ["query", "query_range"]), maxBody: queryBody },
    { upstream: "query", methods: read, paths: series("/api/v1", ["series", "labels"]), maxBody: queryBody },
    {
        upstream: "query",
        methods: ["GET"],
        paths: series("/api/v1", [labelValues, "status/buildinfo"]),
        maxBody: queryBody,
    },
    { upstream: "loki", methods: ["POST"], paths: series("/loki/api/v1", ["push"]), maxBody: pushBody, writes: true },
    {
        upstream: "loki",
        methods: read,
        paths: series("/loki/api/v1", [
            "query",
            "query_range",
            "series",
            "labels",
            labelValues,
            "index/stats",
            "index/volume",
            "index/volume_range",
        ]),
        maxBody: queryBody,
    },
    {
        upstream: "loki",
        methods: ["GET"],
        paths: series("/loki/api/v1", ["tail"]),
        maxBody: queryBody,
        webSocket: true,
    },
];

function series(root: string, paths: string[]): string[] {
    return paths.map((path) => `${root}/${path}`);
}

/** The tenant in Caddy: empty where the certificate names none. */
const tenant = "{tenant}";

/** The role in Caddy: the reader's, or empty. */
const role = "{role}";

/** Caddy's whole configuration, as `caddy run --config` takes it once it is JSON. */
export function tenantGatewayConfig(places: TenantGatewayPlaces) {
    const certificate = "server";
    return {
        admin: { disabled: true, config: { persist: false } },
        logging: { logs: { default: { encoder: logEncoder } } },
        apps: {
            tls: {
                certificates: {
                    load_files: [{ certificate: places.serverCertificate, key: places.serverKey, tags: [certificate] }],
                },
                // Each handshake shows its certificate, and nothing is kept between two.
                session_tickets: { disabled: true },
                disable_ocsp_stapling: true,
                disable_storage_check: true,
                disable_storage_clean: true,
            },
            http: {
                grace_period: "20s",
                metrics: {},
                servers: {
                    tenants: {
                        ...server(places.listen),
                        tls_connection_policies: [
                            {
                                protocol_min: "tls1.2",
                                // Whoever connects by an address sends no name; there is one certificate.
                                certificate_selection: { any_tag: [certificate] },
                                client_authentication: {
                                    mode: "require_and_verify",
                                    ca: { provider: "file", pem_files: [places.clientCa] },
                                },
                            },
                        ],
                        strict_sni_host: false,
                        logs: { default_logger_name: "tenants" },
                        routes: [
                            { handle: [tenantOfCertificate, { handler: "log_append", key: "tenant", value: tenant }] },
                            {
                                match: [{ vars_regexp: { [tenant]: { pattern: tenantPattern.source } } }],
                                handle: [{ handler: "subroute", routes: passedOn(places) }],
                                terminal: true,
                            },
                            { handle: [answer(403, "the client certificate names no tenant")] },
                        ],
                    },
                    health: {
                        ...server(places.health),
                        routes: [
                            { match: [{ path: [gatewayReadyPath] }], handle: [answer(200, "ready")], terminal: true },
                            { match: [{ path: ["/metrics"] }], handle: [{ handler: "metrics" }], terminal: true },
                            { handle: [answer(404, "not found")] },
                        ],
                    },
                },
            },
        },
    };
}

function server(listen: string) {
    return {
        listen: [listen],
        protocols: ["h1", "h2"],
        automatic_https: { disable: true },
        read_header_timeout: "10s",
        idle_timeout: "5m",
        max_header_bytes: 64 * 1024,
    };
}

/**
 * Caddy knows the subject only as a whole. One that has anything besides its common name, and the unit of those who only
 * read, is none of ours: cutting a name out of it would be a parser of names that somebody else chose.
 */
const tenantOfCertificate = {
    handler: "map",
    source: "{http.request.tls.client.subject}",
    destinations: [tenant, role],
    mappings: [
        {
            input_regexp: tenantPattern.source
                .replace("^", "^CN=(?P<tenant>")
                .replace(/\$$/, `)(,OU=(?P<role>${readerUnit}))?$`),
            outputs: ["${tenant}", "${role}"],
        },
    ],
    defaults: ["", ""],
};

/** Which requests go where; the rest is told that there is nothing. */
function passedOn(places: TenantGatewayPlaces) {
    return [
        ...passages.flatMap(({ upstream, methods, paths, maxBody, webSocket = false, writes = false }) => {
            const dial = places[upstream];
            return dial === undefined
                ? []
                : [
                      {
                          match: [
                              {
                                  method: methods,
                                  // As it was sent: Caddy's own matcher of paths decodes and cleans, and what is behind may not.
                                  vars_regexp: {
                                      "{http.request.uri}": { pattern: `^(${paths.join("|")})(\\?.*)?$` },
                                  },
                                  ...(webSocket ? { header: { Upgrade: ["websocket"] } } : {}),
                                  ...(writes ? { not: [{ vars: { [role]: [readerUnit] } }] } : {}),
                              },
                          ],
                          handle: [
                              { handler: "request_body", max_size: maxBody },
                              ...(webSocket ? [] : [neverUpgraded]),
                              proxy(dial),
                          ],
                          terminal: true,
                      },
                  ];
        }),
        { handle: [answer(404, "not found, or not for tenants")] },
    ];
}

/** A connection that changed its protocol would be a tunnel past everything that stands here. */
const neverUpgraded = { handler: "headers", request: { delete: ["Upgrade", "HTTP2-Settings"] } };

/** Written after Caddy has taken out what a client's Connection header names, so that no client can take these out. */
function proxy(dial: string) {
    return {
        handler: "reverse_proxy",
        upstreams: [{ dial }],
        headers: {
            request: {
                set: { [tenantHeader]: [tenant], [logTenantHeader]: [tenant] },
                delete: ["X-Forwarded-*", "X-Real-Ip", "Forwarded", "Via", "Authorization", "Proxy-*", "Cookie"],
            },
        },
        transport: { protocol: "http", dial_timeout: "5s", response_header_timeout: "150s" },
    };
}

function answer(status: number, body: string) {
    return {
        handler: "static_response",
        status_code: status,
        headers: { "Content-Type": ["text/plain; charset=utf-8"] },
        body: `${body}\n`,
    };
}

/** One JSON object a request: neither headers, which may hold what a tenant keeps secret, nor what was asked. */
const logEncoder = {
    format: "filter",
    wrap: { format: "json" },
    fields: {
        "request>headers": { filter: "delete" },
        resp_headers: { filter: "delete" },
        "request>uri": { filter: "regexp", regexp: "\\?.*", value: "" },
    },
};
