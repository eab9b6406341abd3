import {
    applicationEntry,
    fleetRuleGroups,
    inventoryGroup,
    ruleFile,
    ruleGroups,
    type AlertingRule,
    type RecordingRule,
} from "../../alerts";
import { ruleGroup } from "../../alerts/ruleGroup";
import { fleet, fleetGroups, runbookBase } from "./fleet";
import { upstreamMetrics } from "../../metrics/catalogue";
import { parsePromql } from "../../promql/parse";
import { countersAsTheyStand } from "../promql/countersAsTheyStand";
import { typeErrors } from "../promql/typeCheck";

const rules = fleetGroups.flatMap((group) => group.rules);
const alerts = rules.filter((rule): rule is AlertingRule => "alert" in rule);
const records = rules.filter((rule): rule is RecordingRule => "record" in rule);
const recorded = new Set(records.map(({ record }) => record));

/** What is recorded about infrastructures, which belong to no customer. */
const ofInfrastructures = /^(fleet_infrastructure_info|infrastructure:|openstack:)/;

/** Whether a metric's series have a tenant; all that is recorded about the fleet has. */
function hasTenant(metric: string): boolean {
    return (recorded.has(metric) && !ofInfrastructures.test(metric)) || upstreamMetrics[metric]?.tenant === true;
}

/** Whether an expression is about more than the observer itself, whose own series have no tenant. */
function tenants(text: string): boolean {
    return parsePromql(text).metrics.some(hasTenant) && !/cluster="observer"|layer="iaas"/.test(text);
}

function duplicates(names: string[]): string[] {
    return names.filter((name, index) => names.indexOf(name) !== index);
}

describe("the registry", () => {
    it("has the inventory's entries, then the fleet's groups", () => {
        expect(fleetGroups.slice(0, 3).map(({ name }) => name)).toEqual([
            "inventory",
            "inventory-acme-1.portal",
            "cluster-api-inventory",
        ]);
    });

    it("gives the same, whatever the order of the clusters", () => {
        const reversed = { ...fleet, clusters: [...fleet.clusters].reverse() };
        expect(JSON.stringify(ruleGroups(reversed, { runbookBase }))).toBe(JSON.stringify(fleetGroups));
    });

    it("gives the fleet's groups alone to who makes the inventory apart", () => {
        const apart = [
            inventoryGroup(fleet.clusters),
            ...fleet.applications.map(applicationEntry),
            ...fleetRuleGroups(fleet, { runbookBase }),
        ];
        expect(apart).toEqual(ruleGroups(fleet, { runbookBase }));
    });

    it("names a shard's entries after the shard", () => {
        expect(inventoryGroup(fleet.clusters, "eu-1").name).toBe("inventory-eu-1");
        expect(inventoryGroup(fleet.clusters, "eu-1").rules).toEqual(inventoryGroup(fleet.clusters).rules);
    });

    it("takes nothing but the named fields of a cluster into its entry", () => {
        const cluster = { ...fleet.clusters[0]!, kubeconfig: "secret" };
        expect(inventoryGroup([cluster]).rules).toEqual([
            {
                record: "fleet_cluster_info",
                expr: "vector(1)",
                labels: { cluster: "acme-1", tenant: "acme", profile: "standard", platform: "kubeadm" },
            },
            {
                record: "cluster:credential_expiry_timestamp_seconds:max",
                expr: "vector(31536000)",
                labels: { cluster: "acme-1", tenant: "acme" },
            },
        ]);
    });

    it("makes a rule file of groups", () => {
        expect(ruleFile(fleetGroups)).toEqual({ groups: fleetGroups });
    });

    it("watches the observer that it is told of", () => {
        const text = JSON.stringify(fleetRuleGroups({ ...fleet, observer: "eu-1" }, { runbookBase }));
        expect(text).toContain('cluster=\\"eu-1\\"');
        expect(text).not.toContain('cluster=\\"observer\\"');
    });

    it("knows no name twice", () => {
        expect(duplicates(fleetGroups.map(({ name }) => name))).toEqual([]);
        expect(duplicates(alerts.map(({ alert, labels }) => JSON.stringify([alert, labels])))).toEqual([]);
        expect(duplicates(records.map(({ record, labels }) => JSON.stringify([record, labels])))).toEqual([]);
    });

    it("names groups so that Kubernetes takes the name", () => {
        for (const { name } of fleetGroups) {
            expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
        }
    });
});

describe("ruleGroup", () => {
    const alert = { alert: "A", expr: "vector(1)", severity: "info" as const, summary: "s", description: "d" };

    it("gives each alert the runbook of its name, however the base ends", () => {
        for (const base of ["https://runbooks.example.org/a", "https://runbooks.example.org/a/"]) {
            expect(ruleGroup({ name: "a", layer: "kaas", rules: [alert] }, base).rules).toEqual([
                {
                    alert: "A",
                    expr: "vector(1)",
                    labels: { layer: "kaas", severity: "info" },
                    annotations: { summary: "s", description: "d", runbook_url: "https://runbooks.example.org/a/A.md" },
                },
            ]);
        }
    });

    it("keeps the interval, and lets no label replace the severity", () => {
        const rules = [{ ...alert, labels: { severity: "page" } }];
        const group = ruleGroup({ name: "a", layer: "kaas", interval: "1m", rules }, "");
        expect(group).toMatchObject({ interval: "1m", rules: [{ labels: { severity: "info" } }] });
    });
});

describe.each(alerts)("$alert", ({ alert, expr, labels, annotations, ...rest }) => {
    it("is named in CamelCase, without its severity", () => {
        expect(alert).toMatch(/^[A-Z][A-Za-z0-9]+$/);
        expect(alert).not.toMatch(/page|ticket|info|critical|warning/i);
    });

    it("has labels that stay the same while it fires", () => {
        expect(["page", "ticket", "info"]).toContain(labels.severity);
        expect(JSON.stringify(labels)).not.toContain("$value");
    });

    it("says what is wrong, where, and what to read", () => {
        expect(annotations.summary).not.toContain("$value");
        expect(annotations.summary).toMatch(/\$labels\.cluster|observer/);
        expect(annotations.summary).toMatch(/^[A-Z].*[^.]$/);
        expect(annotations.description).toMatch(/\.$/);
        expect(annotations.runbook_url).toBe(`${runbookBase}/${alert}.md`);
        expect(annotations.action === undefined).toBe(labels.severity !== "page");
    });

    it("waits, unless it always fires", () => {
        expect(rest.for === undefined).toBe(expr === "vector(1)");
    });
});

describe.each(records)("$record", ({ record }) => {
    it("is named level:metric:operations, or is an info", () => {
        expect(record).toMatch(/^([a-z_]+:[a-z0-9_]+:[a-z0-9_]+|fleet_[a-z_]+_info)$/);
    });
});

describe.each(rules.map((rule) => ({ name: "alert" in rule ? rule.alert : rule.record, expr: rule.expr })))(
    "the expression of $name",
    ({ expr }) => {
        const { errors, metrics, aggregations, joins, rateRanges, rawCounters } = parsePromql(expr);

        it("is accepted by the grammar, and has the types that Prometheus wants", () => {
            expect(errors).toEqual([]);
            expect(typeErrors(expr)).toEqual([]);
        });

        it("looks at how counters rise, not at where they stand", () => {
            expect(rawCounters.filter((metric) => !(metric in countersAsTheyStand))).toEqual([]);
        });

        it("asks only for metrics that exist", () => {
            expect(metrics.filter((metric) => !recorded.has(metric) && !(metric in upstreamMetrics))).toEqual([]);
        });

        it("keeps clusters and tenants apart in each aggregation", () => {
            // What is said of the whole fleet is said as the observer's.
            const ofTheFleet = /^label_replace\([^]*"cluster", "observer", "", ""\s*\)$/.test(expr);
            for (const { keyword, labels, text } of ofTheFleet ? [] : aggregations) {
                expect({ text, keyword }).toEqual({ text, keyword: "by" });
                expect(labels).toContain("cluster");
                if (tenants(text)) {
                    expect(labels).toContain("tenant");
                }
            }
        });

        it("keeps clusters and tenants apart in each join", () => {
            for (const { keyword, labels, text } of joins) {
                if (keyword === "on") {
                    expect(labels).toContain("cluster");
                    if (tenants(text)) {
                        expect(labels).toContain("tenant");
                    }
                }
                if (keyword === "ignoring") {
                    expect(labels).not.toContain("cluster");
                    expect(labels).not.toContain("tenant");
                }
            }
        });

        it("never asks whether something is absent: the inventory knows who should be there", () => {
            expect(expr).not.toContain("absent");
        });

        it("looks at rates over four scrapes of the slowest profile at least", () => {
            for (const range of rateRanges) {
                expect(range).toMatch(/^(([4-9]|\d\d+)m|\d+[hdw])$/);
            }
        });
    },
);
