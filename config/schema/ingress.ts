import { z } from "zod";
import { allowed, domain, key } from "./leaf";

const hostPart = () => z.string().regex(/^[-a-z0-9]*$/, "does not fit into a host name");

const dns = z.discriminatedUnion("provider", [
    z.strictObject({ provider: z.literal("none").describe("Nobody: the records are made elsewhere, or not at all.") }),
    z.strictObject({
        provider: z.literal("azurePrivate").describe("Records in an existing Azure private zone."),
        resourceGroup: key(z.string().min(1), { description: "The private zone's resource group.", example: "dns" }),
        ttl: key(z.int().min(1).default(300), { description: "The records' time to live, in seconds.", example: 300 }),
    }),
    z.strictObject({
        provider: z.literal("route53").describe("Records in an existing Route 53 zone."),
        zoneId: key(z.string().regex(/^Z[A-Z0-9]+$/, "is not a hosted zone id"), {
            description: "The hosted zone's id.",
            allowed: "Z followed by capitals and digits",
            example: "Z0123456789EXAMPLE",
        }),
        region: key(z.string().min(1).default("us-east-1"), {
            description: "The region of the AWS API to call.",
            example: "us-east-1",
        }),
        ttl: key(z.int().min(1).default(300), { description: "The records' time to live, in seconds.", example: 300 }),
    }),
    z.strictObject({
        provider: z.literal("externalDns").describe("external-dns in the observer cluster, by annotations."),
    }),
]);

const serviceType = (description: string) =>
    key(z.enum(["LoadBalancer", "NodePort", "ClusterIP"]).default("LoadBalancer"), {
        description,
        example: "LoadBalancer",
    });

/** How a Service is published whose TLS ends in the pod. */
const published = {
    port: key(z.int().min(1).max(65535).default(443), {
        description: "The port that agents connect to; for NodePort the node port itself.",
        allowed: "1 to 65535; for NodePort usually 30000 to 32767",
        example: 443,
    }),
    address: key(z.string().min(1).optional(), {
        description:
            "The IP address or host name of that Service. Needed for DNS records where it cannot be read from the cluster (NodePort, ClusterIP, readiness skip). With dns none, agents connect to it instead of the host name.",
        example: "10.20.0.11",
    }),
    annotations: key(z.record(z.string(), z.string()).default({}), {
        description: "Annotations of that Service, such as those of a cloud's internal load balancer.",
        example: {},
    }),
};

/** How people and agents reach the observer. */
export const ingress = z.strictObject({
    kind: key(z.enum(["none", "ingress", "gateway"]).default("none"), {
        description:
            "How Grafana, Prometheus, Alertmanager and Query are published. gateway: a Gateway and HTTPRoutes (needs the Gateway API's CRDs and a controller). ingress: classic Ingress objects. none: not at all; use kubectl port-forward.",
        example: "gateway",
    }),
    dnsPrefix: key(hostPart().default(""), {
        description: "What every host starts with: `${dnsPrefix}grafana${dnsSuffix}.${privateZone}`.",
        allowed: "a-z, 0-9 and hyphens",
        example: "prod-",
    }),
    dnsSuffix: key(hostPart().default(""), {
        description:
            "What stands between a host's name and the zone: `${dnsPrefix}grafana${dnsSuffix}.${privateZone}`.",
        allowed: "a-z, 0-9 and hyphens",
        example: "-eu",
    }),
    privateZone: key(domain(), {
        description: "The DNS zone of all hosts.",
        allowed: allowed.domain,
        example: "internal.example.org",
    }),
    className: key(z.string().min(1).optional(), {
        description: "The GatewayClass (kind gateway) or IngressClass (kind ingress).",
        example: "envoy",
    }),
    annotations: key(z.record(z.string(), z.string()).default({}), {
        description:
            "Annotations for the Gateway or the Ingress objects, such as those of a cloud's internal load balancer.",
        example: {},
    }),
    address: key(z.string().min(1).optional(), {
        description:
            "The IP address or host name of the gateway or ingress controller; the DNS records of the web hosts point there.",
        example: "10.20.0.10",
    }),
    tls: key(
        z
            .strictObject({
                issuer: key(z.string().min(1).optional(), {
                    description:
                        "A cert-manager ClusterIssuer for the web hosts. Unset, and without secretName, the environment's own authority signs.",
                    example: "letsencrypt",
                }),
                secretName: key(z.string().min(1).optional(), {
                    description: "An existing TLS Secret in the namespace observability for the web hosts.",
                    example: "wildcard-tls",
                }),
            })
            .prefault({}),
        { description: "Who signs the web hosts' certificate.", example: { issuer: "letsencrypt" } },
    ),
    dns: key(dns.prefault({ provider: "none" }), {
        description: "Who makes the DNS records.",
        example: { provider: "externalDns" },
    }),
    receive: key(
        z
            .strictObject({
                serviceType: serviceType(
                    "The Service in front of the receive routers. TLS ends in the router itself, which reads the tenant from the client's certificate, so nothing in between may open it.",
                ),
                ...published,
            })
            .prefault({}),
        { description: "How agents reach remote-write.", example: { serviceType: "LoadBalancer" } },
    ),
    tenants: key(
        z
            .strictObject({
                enabled: key(z.boolean().default(false), {
                    description:
                        "Run the tenant gateway: whoever shows a tenant's certificate may query that tenant's metrics there, and nothing else. Where logs are kept it runs anyway, because they come in through it.",
                    example: true,
                }),
                serviceType: serviceType(
                    "The Service in front of the tenant gateway. TLS ends in the gateway, which reads the tenant from the client's certificate, so nothing in between may open it.",
                ),
                ...published,
            })
            .prefault({}),
        {
            description: "How customers reach the tenant gateway: their logs in, their own metrics and logs out.",
            example: { enabled: true },
        },
    ),
});
