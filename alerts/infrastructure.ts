import type { InfrastructureMonitor } from "../platform/monitors";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";
import { thresholdAlerts } from "./threshold";

/**
 * OpenStack, Ceph and libvirt. Each expression asks for the infrastructures of config only: a customer may run a Ceph of its own.
 */
export function infrastructureRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    const { iaas } = monitors;
    if (iaas === undefined || iaas.infrastructures.length === 0 || !(iaas.openstack || iaas.ceph || iaas.libvirt)) {
        return [];
    }
    const of = `cluster=~"${iaas.infrastructures.join("|")}"`;
    return [
        ...(iaas.openstack ? openstack(of) : []),
        ...(iaas.ceph ? [ceph(of)] : []),
        ...(iaas.libvirt ? [libvirt(of)] : []),
        { name: "infrastructures", layer: "iaas", rules: infrastructures(iaas, of) },
    ];
}

type Rules = RuleGroupDefinition["rules"];

/** Who is expected, who is heard of, and how they are. */
function infrastructures(iaas: InfrastructureMonitor, of: string): Rules {
    const services = [
        ...(iaas.openstack ? [{ service: "openstack", heard: "openstack:api_up:min" }] : []),
        ...(iaas.ceph ? [{ service: "ceph", heard: "ceph_health_status" }] : []),
        ...(iaas.libvirt ? [{ service: "libvirt", heard: "libvirt_up" }] : []),
    ];
    const firing = (severity: string) => `ALERTS{${of},layer="iaas",severity="${severity}",alertstate="firing"}`;
    return [
        ...iaas.infrastructures.flatMap((cluster) =>
            services.map(({ service }) => ({
                record: "fleet_infrastructure_info",
                expr: "vector(1)",
                labels: { cluster, service },
            })),
        ),
        ...services.map(({ service, heard }) => ({
            record: "infrastructure:heard:group",
            // An infrastructure is nobody's cluster, whoever's agents it may be scraped by.
            expr: `group by (cluster) (${heard}{${of}})`,
            labels: { service },
        })),
        {
            alert: "InfrastructureSilent",
            expr: "fleet_infrastructure_info unless on (cluster, service) infrastructure:heard:group",
            for: "10m",
            severity: "page",
            summary: "Nothing is heard of {{ $labels.service }} of infrastructure {{ $labels.cluster }}",
            description:
                "Config expects metrics of {{ $labels.service }} there, and none has been seen for a quarter of an " +
                "hour: no other alert about it can fire.",
            action:
                "See whether Query has the infrastructure's sidecar among its endpoints, then whether its Prometheus " +
                "and the exporter run. One of iaas.exporters is a target of the observer's own Prometheus.",
        },
        {
            // As a cluster's: -1 is silent, each ticket adds 1 and each page 10000.
            record: "infrastructure:health:score",
            expr: [
                "-1 * (",
                "  group by (cluster) (fleet_infrastructure_info)",
                "  unless on (cluster) infrastructure:heard:group",
                ")",
                "or",
                "sum by (cluster) (",
                `  0 * fleet_infrastructure_info or ${firing("ticket")} or 10000 * ${firing("page")}`,
                ")",
            ].join("\n"),
        },
    ];
}

function openstack(of: string): RuleGroupDefinition[] {
    return [
        { name: "openstack", layer: "iaas", rules: [...apiDown(of), ...agentsDown(of)] },
        { name: "openstack-resources", layer: "iaas", rules: resources(of) },
    ];
}

/** The exporter has a metric for each API, and asking for their names by a pattern costs a look at all of them. */
const apis = [
    "identity",
    "nova",
    "neutron",
    "cinder",
    "glance",
    "placement",
    "heat",
    "designate",
    "loadbalancer",
    "object_store",
];

function apiDown(of: string): Rules {
    const up = (api: string) => `  label_replace(openstack_${api}_up{${of}}, "service", "${api}", "", "")`;
    return [
        {
            record: "openstack:api_up:min",
            expr: ["min by (cluster, service) (", apis.map(up).join("\n  or\n"), ")"].join("\n"),
        },
        {
            alert: "OpenStackApiDown",
            expr: "openstack:api_up:min == 0",
            for: "5m",
            severity: "page",
            summary: "OpenStack's {{ $labels.service }} of infrastructure {{ $labels.cluster }} does not answer",
            description: "openstack-exporter has had no answer of its API for five minutes.",
            action: "Ask the API yourself. If all of them are down, look at the load balancer, the database and identity.",
        },
    ];
}

/** A disabled agent may be down: someone has put it out of service. */
function agentsDown(of: string): Rules {
    return [
        { service: "Cinder", metric: "openstack_cinder_agent_state", inService: "enabled" },
        { service: "Neutron", metric: "openstack_neutron_agent_state", inService: "up" },
        { service: "Nova", metric: "openstack_nova_agent_state", inService: "enabled" },
    ].map(({ service, metric, inService }) => ({
        alert: `${service}AgentDown`,
        expr: [
            "max by (cluster, service, hostname) (",
            // A ServiceMonitor takes the name for itself, unless it honours labels.
            `  label_replace(${metric}{${of},adminState="${inService}"}, "service", "$1", "exported_service", "(.+)")`,
            ")",
            "== 0",
        ].join("\n"),
        for: "5m",
        severity: "ticket",
        summary: `${service}'s {{ $labels.service }} on {{ $labels.hostname }} of infrastructure {{ $labels.cluster }} is down`,
        description: `${service} has not heard of it for five minutes, and nobody has put it out of service.`,
    }));
}

function resources(of: string): Rules {
    return [
        {
            alert: "CinderVolumeInError",
            expr: `sum by (cluster, status) (openstack_cinder_volume_status_counter{${of},status=~"error.*"}) > 0`,
            for: "24h",
            severity: "ticket",
            summary: "Volumes of infrastructure {{ $labels.cluster }} are in status {{ $labels.status }}",
            description: '{{ $value | printf "%.0f" }} volumes are, and for a day there has been one at least.',
        },
        {
            alert: "NovaInstanceInError",
            expr: `count by (cluster) (openstack_nova_server_status{${of},status="ERROR"}) > 0`,
            for: "24h",
            severity: "ticket",
            summary: "Instances of infrastructure {{ $labels.cluster }} are in status ERROR",
            description: '{{ $value | printf "%.0f" }} instances are, and for a day there has been one at least.',
        },
        {
            alert: "NovaCapacityLow",
            expr: [
                `sum by (cluster) (openstack_nova_memory_used_bytes{${of}})`,
                "/",
                `sum by (cluster) (openstack_nova_memory_available_bytes{${of}})`,
                "> 0.75",
            ].join("\n"),
            for: "6h",
            severity: "ticket",
            summary: "The hypervisors of infrastructure {{ $labels.cluster }} fill up",
            description: "{{ $value | humanizePercentage }} of their memory is given to instances.",
        },
        {
            alert: "NeutronPortsNotBound",
            expr: `count by (cluster) (openstack_neutron_port{${of},binding_vif_type="binding_failed"}) > 0`,
            for: "15m",
            severity: "ticket",
            summary: "Ports of infrastructure {{ $labels.cluster }} could not be bound",
            description:
                'The binding of {{ $value | printf "%.0f" }} ports has failed: what they belong to has no network.',
        },
        {
            alert: "NeutronNetworkOutOfIps",
            // By subnet: addresses of one are no use to another. Subnets for IPv6 never fill.
            expr: [
                "max by (cluster, network_name, subnet_name, cidr) (",
                `  openstack_neutron_network_ip_availabilities_used{${of}}`,
                ")",
                "/ on (cluster, network_name, subnet_name, cidr)",
                "max by (cluster, network_name, subnet_name, cidr) (",
                `  openstack_neutron_network_ip_availabilities_total{${of}}`,
                ")",
                "> 0.8",
            ].join("\n"),
            for: "30m",
            severity: "ticket",
            summary: "Network {{ $labels.network_name }} of infrastructure {{ $labels.cluster }} runs out of addresses",
            description:
                "{{ $value | humanizePercentage }} of the addresses of its subnet {{ $labels.subnet_name }}, " +
                "{{ $labels.cidr }}, are in use.",
        },
    ];
}

function ceph(of: string): RuleGroupDefinition {
    return {
        name: "ceph",
        layer: "iaas",
        rules: [
            ...thresholdAlerts({
                alert: "CephUnhealthy",
                // HEALTH_WARN and HEALTH_ERR.
                threshold: { ticket: 1, page: 2 },
                expr: (bound) => `max by (cluster) (ceph_health_status{${of}}) >= ${bound}`,
                for: "5m",
                summary: "Ceph of infrastructure {{ $labels.cluster }} is not healthy",
                description:
                    "It has said so for five minutes: {{ if eq $value 2.0 }}HEALTH_ERR{{ else }}HEALTH_WARN{{ end }}.",
                action: "Read ceph health detail. Data that is inactive or lost comes first, a full cluster next.",
            }),
            {
                alert: "CephOsdDown",
                expr: `max by (cluster, ceph_daemon) (ceph_osd_up{${of}}) == 0`,
                for: "5m",
                severity: "ticket",
                summary: "Ceph daemon {{ $labels.ceph_daemon }} of infrastructure {{ $labels.cluster }} is down",
                description:
                    "It has been down for five minutes. After ten, Ceph makes new copies of what was on it elsewhere.",
            },
            {
                alert: "CephPoolFull",
                // Of what is stored and what would still fit; both are counted before replication.
                expr: [
                    "(",
                    `  max by (cluster, pool_id) (ceph_pool_stored{${of}})`,
                    "  / on (cluster, pool_id)",
                    `  (max by (cluster, pool_id) (ceph_pool_stored{${of}} + ceph_pool_max_avail{${of}}) > 0)`,
                    ")",
                    "* on (cluster, pool_id) group_left (name)",
                    `group by (cluster, pool_id, name) (ceph_pool_metadata{${of}})`,
                    "> 0.85",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Pool {{ $labels.name }} of Ceph of infrastructure {{ $labels.cluster }} fills up",
                description:
                    "{{ $value | humanizePercentage }} of what it can hold is in use; a full one takes no writes.",
            },
        ],
    };
}

function libvirt(of: string): RuleGroupDefinition {
    return {
        name: "libvirt",
        layer: "iaas",
        rules: [
            {
                alert: "LibvirtDown",
                // Compared with its own last day: an exporter whose daemon is gone may say so, or say nothing at all.
                expr: [
                    `group by (cluster, instance) (max_over_time(libvirt_up{${of}}[1d]) == 1)`,
                    `unless on (cluster, instance) libvirt_up{${of}} == 1`,
                    // All of them silent is InfrastructureSilent.
                    `and on (cluster) libvirt_up{${of}}`,
                ].join("\n"),
                for: "5m",
                severity: "ticket",
                summary:
                    "The libvirt at {{ $labels.instance }} of infrastructure {{ $labels.cluster }} does not answer",
                description:
                    "Its exporter was well within the last day, and for five minutes has had no answer of libvirt, or " +
                    "cannot be scraped itself. Virtual machines may still run; nobody can start or stop them.",
            },
        ],
    };
}
