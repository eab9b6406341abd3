import { applicationRules } from "../../alerts/applications";
import { argocdRules } from "../../alerts/argocd";
import { everyMonitor } from "../../local/simulation";
import { applicationChecks, type ApplicationMonitor, type Monitors } from "../../platform/monitors";

const portal: ApplicationMonitor = {
    name: "portal",
    namespace: "portal",
    clusters: [],
    checks: applicationChecks,
    gunicorn: false,
    jupyterhub: false,
};

function watching(application: Partial<ApplicationMonitor>, monitors: Partial<Monitors> = {}) {
    return {
        observer: "observer",
        monitors: { ...everyMonitor, ...monitors, applications: [{ ...portal, ...application }] },
    };
}

function rulesOf(application: Partial<ApplicationMonitor>, monitors: Partial<Monitors> = {}) {
    return applicationRules(watching(application, monitors)).flatMap(({ rules }) => rules);
}

function alertsOf(application: Partial<ApplicationMonitor>, monitors: Partial<Monitors> = {}) {
    return rulesOf(application, monitors).flatMap((rule) => ("alert" in rule ? [rule] : []));
}

describe("the rules of an application", () => {
    it("are none where there is none", () => {
        expect(applicationRules({ observer: "observer", monitors: { ...everyMonitor, applications: [] } })).toEqual([]);
    });

    it("carry its name, by which its alerts are routed", () => {
        for (const { labels } of rulesOf({})) {
            expect(labels).toEqual({ application: "portal", namespace: "portal" });
        }
    });

    it.each(Object.keys(applicationChecks) as (keyof typeof applicationChecks)[])("can do without %s", (check) => {
        const all = alertsOf({}).map(({ alert }) => alert);
        const checks = { ...applicationChecks, [check]: { ...applicationChecks[check], enabled: false } };
        const left = alertsOf({ checks }).map(({ alert }) => alert);
        expect(left.length).toBeLessThan(all.length);
        expect(all).toEqual(expect.arrayContaining(left));
    });

    it("take the thresholds of config, minutes as whole ones", () => {
        const checks = {
            ...applicationChecks,
            state: { enabled: true, threshold: 7.5 },
            memory: { enabled: true, threshold: 42 },
        };
        const alerts = alertsOf({ checks });
        expect(alerts.find(({ alert }) => alert === "ApplicationPodNotRunning")?.for).toBe("8m");
        expect(alerts.find(({ alert }) => alert === "ApplicationMemoryNearLimit")?.expr).toMatch(/>= 42$/);
    });

    it("wake nobody below half of the requests, and nobody earlier than they tell", () => {
        const page = (threshold: number) =>
            alertsOf({ checks: { ...applicationChecks, errors: { enabled: true, threshold } } }).find(
                ({ severity }) => severity === "page",
            )?.expr;
        expect(page(5)).toContain(">= 50");
        expect(page(80)).toContain(">= 80");
    });

    it("look at its clusters only, whatever their order", () => {
        const matcher = 'cluster=~"acme-1|globex-1"';
        for (const clusters of [
            ["acme-1", "globex-1"],
            ["globex-1", "acme-1"],
        ]) {
            // What is recorded has been restricted already.
            for (const { expr } of rulesOf({ clusters }).filter((rule) => !rule.expr.includes("application:"))) {
                expect(expr.split(/\b(?:kube|kubelet|container|nginx|envoy|argocd)_\w+\{/).slice(1)).toEqual(
                    expr
                        .match(/\b(?:kube|kubelet|container|nginx|envoy|argocd)_\w+\{/g)
                        ?.map(() => expect.stringContaining(matcher) as unknown),
                );
            }
        }
    });

    it("ask nothing of Argo CD where there is none", () => {
        expect(JSON.stringify(rulesOf({}, { argocd: undefined }))).not.toContain("argocd_");
    });
});

describe("the rules of Argo CD", () => {
    it("are none where there is none", () => {
        expect(argocdRules(watching({}, { argocd: undefined }))).toEqual([]);
    });

    it("leave an application of the list alone on its clusters, and nowhere else", () => {
        const [outOfSync] = argocdRules(watching({ clusters: ["acme-1"] })).flatMap(({ rules }) => rules);
        expect(outOfSync?.expr).toContain('unless (argocd_app_info{dest_namespace="portal",cluster=~"acme-1"})');
    });
});
