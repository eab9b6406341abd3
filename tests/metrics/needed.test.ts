import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import fc from "fast-check";
import { fleetRuleGroups, ruleGroups } from "../../alerts";
import { dashboards } from "../../dashboards";
import { baseMonitors, everyMonitor } from "../../local/simulation";
import { upstreamMetrics } from "../../metrics/catalogue";
import { neededMetrics } from "../../metrics/needed";
import type { Monitors } from "../../platform/monitors";
import { fleet } from "../alerts/fleet";

const neededWith = (monitors: Monitors) => neededMetrics({ observer: "observer", monitors });
const namesWith = (monitors: Monitors) => [...neededWith(monitors).keys()];

const every = neededWith(everyMonitor);
const base = neededWith(baseMonitors);

const recorded = ruleGroups(fleet, { runbookBase: "" })
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => ("record" in rule ? [rule.record] : []));

/** Every expression of the rules, and of the dashboards as Grafana gets them, whatever holds it. */
function expressions(monitors: Monitors): string[] {
    const context = { observer: "observer", monitors };
    const rules = fleetRuleGroups(context, { runbookBase: "" }).flatMap((group) => group.rules);
    const found = rules.map(({ expr }) => expr);
    for (const { json } of dashboards(context)) {
        JSON.parse(json, (key, value: unknown) => {
            if ((key === "expr" || key === "query") && typeof value === "string") {
                found.push(value);
            }
            return value;
        });
    }
    return found;
}

/** Expressions without what they ask of the observer itself, which no agent sends. */
function ofAgents(expressions: string[]): string[] {
    return expressions.map((expr) => expr.replaceAll(/\w+\{(?:[^}]*,)?\s*cluster="observer"[^}]*\}/g, ""));
}

/** The words of expressions, without what is in quotation marks. */
function words(expressions: string[]): Set<string> {
    return new Set(expressions.flatMap((expr) => expr.replaceAll(/"[^"]*"/g, '""').match(/[a-zA-Z_:][\w:]*/g) ?? []));
}

describe("what is needed", () => {
    it.each([
        ["everything is watched", everyMonitor],
        ["config says nothing", baseMonitors],
    ])("is every metric that an expression so much as mentions of the agents' clusters, when %s", (_, monitors) => {
        const needed = neededWith(monitors);
        const mentioned = words(ofAgents(expressions(monitors)));
        const known = Object.keys(upstreamMetrics).filter((metric) => metric !== "ALERTS" && mentioned.has(metric));
        expect(known.filter((metric) => !needed.has(metric))).toEqual([]);
    });

    it("is nothing that only the observer is asked for: no agent has it to send", () => {
        const asked = words(expressions(everyMonitor));
        const ofObserver = ["thanos_build_info", "thanos_compact_halted", "probe_success"];
        expect(ofObserver.filter((metric) => !asked.has(metric))).toEqual([]);
        expect(ofObserver.filter((metric) => every.has(metric))).toEqual([]);
        const sent = words(ofAgents(expressions(everyMonitor)));
        expect([...every.keys()].filter((metric) => !sent.has(metric))).toEqual([]);
    });

    it("depends on what the observer is called only by that", () => {
        expect(neededMetrics({ observer: "eu-1", monitors: everyMonitor })).toEqual(every);
    });

    it("is asked for by name: no expression selects metrics by a matcher", () => {
        expect(expressions(everyMonitor).filter((expr) => expr.includes("__name__"))).toEqual([]);
        expect(every.has("")).toBe(false);
    });

    it("is exposed by something, and not made by a rule", () => {
        const names = [...every.keys()];
        expect(names.filter((metric) => recorded.includes(metric))).toEqual([]);
        expect(names.filter((metric) => !(metric in upstreamMetrics))).toEqual([]);
    });

    it("comes sorted, each metric with somebody who needs it, named once", () => {
        expect([...every.keys()]).toEqual([...every.keys()].sort());
        for (const [metric, needers] of every) {
            const named = needers.map(({ kind, name }) => `${kind} ${name}`);
            expect({ metric, named }).toEqual({ metric, named: [...new Set(named)] });
            expect(named).not.toEqual([]);
        }
    });

    it("has a metric that but a variable of a dashboard asks for", () => {
        const variables = dashboards({ observer: "observer", monitors: everyMonitor }).flatMap(({ uid, json }) =>
            ((JSON.parse(json) as Dashboard).templating?.list ?? []).flatMap(({ name, query }) => {
                const text = typeof query === "object" ? String(query["query"]) : "";
                const [, metric = ""] = /^label_values\((\w+)[{,]/.exec(text) ?? [];
                return metric in upstreamMetrics
                    ? [{ metric, needer: { kind: "variable", name: `${uid}: ${name}` } }]
                    : [];
            }),
        );
        expect(variables.length).toBeGreaterThan(5);
        for (const { metric, needer } of variables) {
            expect(every.get(metric)).toContainEqual(needer);
        }
    });
});

describe("the catalogue", () => {
    /** What a mapping or relabelling of ours makes is held against that (tests/platform/gunicorn, tests/platform/peers). */
    const otherwise = (metric: string) => /^(gunicorn|peer)_/.test(metric);

    it("has nothing that nobody needs when everything is watched", () => {
        const asked = words(expressions(everyMonitor));
        expect(Object.keys(upstreamMetrics).filter((metric) => !asked.has(metric) && !otherwise(metric))).toEqual([]);
    });
});

describe("fewer monitors", () => {
    /** What a monitor asks for, beyond what every fleet does. */
    const adds: [keyof Monitors, RegExp][] = [
        ["iaas", /^(openstack|ceph|libvirt)_/],
        ["harbor", /^(harbor|registry)_/],
        ["tre", /^(tre_|kube_pod_(annotations|labels|container_info)$|jupyterhub_|DCGM_)/],
        [
            "applications",
            /^(nginx_ingress_controller|envoy_cluster|gunicorn|statsd_exporter|pg|postgres_exporter|jupyterhub)_/,
        ],
        ["argocd", /^argocd_/],
        ["vault", /^(externalsecret|vaultsecrets|controller|cert_exporter)_/],
        ["pushed", /^(battery_percentage|cluster_temperature_C)$/],
        ["clusterApi", /^capi_cluster_/],
    ];
    /** These are watched from the observer. */
    const addNothing: (keyof Monitors)[] = ["endpoints", "validations"];
    const monitors = [...adds.map(([monitor]) => monitor), ...addNothing];
    const only = (chosen: (keyof Monitors)[]): Monitors => ({
        ...baseMonitors,
        ...Object.fromEntries(chosen.map((monitor) => [monitor, everyMonitor[monitor]])),
    });

    it("are all but those that every fleet has", () => {
        const always = ["metrics", "kaas", "certificates", "events"];
        expect([...monitors, ...always].sort()).toEqual(Object.keys(everyMonitor).sort());
    });

    it("need fewer metrics", () => {
        expect([...base.keys()].filter((metric) => !every.has(metric))).toEqual([]);
        expect(base.size).toBeLessThan(every.size);
    });

    it.each(adds)("%s adds its own metrics, and no others", (monitor, own) => {
        const added = namesWith(only([monitor])).filter((metric) => !base.has(metric));
        expect(added).not.toEqual([]);
        expect(added.filter((metric) => !own.test(metric))).toEqual([]);
    });

    it.each(addNothing)("%s adds nothing", (monitor) => {
        expect(namesWith(only([monitor])).filter((metric) => !base.has(metric))).toEqual([]);
    });

    it("need no metric that more monitors do not need", () => {
        fc.assert(
            fc.property(fc.subarray(monitors), fc.subarray(monitors), (some, others) => {
                const more = neededWith(only([...some, ...others]));
                expect(namesWith(only(some)).filter((metric) => !more.has(metric))).toEqual([]);
            }),
            { numRuns: 8 },
        );
    });

    it("need what rules and panels ask for that are then there", () => {
        const context = { observer: "observer", monitors: baseMonitors };
        const present = new Set([
            ...fleetRuleGroups(context, { runbookBase: "" }).flatMap(({ rules }) =>
                rules.map((rule) => ("alert" in rule ? rule.alert : rule.record)),
            ),
            ...dashboards(context).map(({ uid }) => uid),
        ]);
        const needers = [...base.values()].flat();
        expect(needers.filter(({ name }) => !present.has(name.split(": ")[0] ?? ""))).toEqual([]);
    });
});
