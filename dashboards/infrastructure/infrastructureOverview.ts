import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Short } from "@grafana/grafana-foundation-sdk/units";
import { scoreColors, scoreMappings } from "../kubernetes/health";
import { badAbove, stat, table, timeseries, type PanelLink } from "../panels";
import { pagesFirst, severity } from "../severity";
import { chosenInfrastructure as chosen, infrastructureBoard } from "./board";
import { apiMappings } from "./openstack";
import { healthColors, healthMappings } from "./ceph";

const score = `max by (cluster) (infrastructure:health:score{${chosen}})`;

/** Every infrastructure at a glance. */
export function infrastructureOverview(watched: {
    openstack: boolean;
    ceph: boolean;
    libvirt: boolean;
}): DashboardBuilder {
    const link: PanelLink = {
        title: "Open the infrastructure",
        uid: watched.openstack ? "openstack" : watched.ceph ? "ceph" : "libvirt",
        carry: { infrastructure: "cluster" },
    };
    const dashboard = infrastructureBoard({
        title: "Infrastructures",
        uid: "infrastructure",
        description: "How each OpenStack, Ceph and libvirt installation is, by the alerts that fire for it.",
    })
        .withPanel(
            stat({
                title: "Infrastructures",
                description:
                    "A tile for each infrastructure of config: its worst alert, or that nothing is heard of it.",
                unit: Short,
                span: 24,
                height: 5,
                expr: score,
                legend: "{{cluster}}",
                tiles: true,
                thresholds: scoreColors,
                mappings: scoreMappings,
                link,
            }),
        )
        .withPanel(
            stat({
                title: "Pages firing",
                description: "Pages about the chosen infrastructures that fire now.",
                unit: Short,
                span: 12,
                height: 4,
                expr: `count(${firing("page")}) or vector(0)`,
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "Tickets firing",
                description: "Tickets about the chosen infrastructures that fire now.",
                unit: Short,
                span: 12,
                height: 4,
                expr: `count(${firing("ticket")}) or vector(0)`,
                thresholds: badAbove([1, "orange"]),
            }),
        );
    if (watched.openstack) {
        dashboard.withPanel(
            stat({
                title: "APIs of OpenStack",
                description: "Whether openstack-exporter has an answer of each API.",
                unit: Short,
                span: 12,
                height: 6,
                expr: `max by (cluster, service) (openstack:api_up:min{${chosen}})`,
                legend: "{{cluster}} {{service}}",
                tiles: true,
                ...apiMappings,
                link: { title: "OpenStack", uid: "openstack", carry: { infrastructure: "cluster" } },
            }),
        );
    }
    if (watched.ceph) {
        dashboard.withPanel(
            stat({
                title: "Health of Ceph",
                description: "What Ceph says of itself: HEALTH_OK, HEALTH_WARN or HEALTH_ERR.",
                unit: Short,
                span: 12,
                height: 6,
                expr: `max by (cluster) (ceph_health_status{${chosen}})`,
                legend: "{{cluster}}",
                tiles: true,
                thresholds: healthColors,
                mappings: healthMappings,
                link: { title: "Ceph", uid: "ceph", carry: { infrastructure: "cluster" } },
            }),
        );
    }
    if (watched.libvirt) {
        dashboard.withPanel(
            stat({
                title: "Hosts with libvirt",
                description: "Whether libvirt answers its exporter on each host.",
                unit: Short,
                span: 24,
                height: 5,
                expr: `max by (cluster, instance) (libvirt_up{${chosen}})`,
                legend: "{{cluster}} {{instance}}",
                tiles: true,
                ...apiMappings,
                link: { title: "Virtual machines", uid: "libvirt", carry: { infrastructure: "cluster" } },
            }),
        );
    }
    return dashboard
        .withPanel(
            table({
                title: "Firing alerts",
                description: "What fires for the chosen infrastructures. Each alert's runbook says what to do.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No alert fires",
                columns: [
                    severity,
                    { title: "Alert", from: { label: "alertname" } },
                    { title: "Infrastructure", from: { label: "cluster" } },
                    {
                        title: "Alerts",
                        from: { expr: `count by (severity, alertname, cluster) (${firing("page|ticket")})` },
                    },
                ],
            }).sortBy(pagesFirst()),
        )
        .withPanel(
            timeseries({
                title: "Alerts over time",
                description: "How many pages and tickets fired for each infrastructure.",
                unit: Short,
                span: 12,
                height: 9,
                min: 0,
                noValue: "No alert has fired",
                lines: [
                    { expr: `count by (cluster) (${firing("page")})`, legend: "{{cluster}} pages" },
                    { expr: `count by (cluster) (${firing("ticket")})`, legend: "{{cluster}} tickets" },
                ],
            }),
        );
}

function firing(which: string): string {
    return `ALERTS{${chosen},layer="iaas",alertstate="firing",severity=~"${which}"}`;
}
