import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboards } from "../../dashboards";
import { fleet } from "../alerts/fleet";

const provisioned = dashboards(fleet).map(({ uid, folder, json }) => ({
    uid,
    folder,
    model: JSON.parse(json) as Dashboard,
}));
const levels = provisioned.filter(({ folder }) => folder === "Clusters");
const uids = levels.map(({ uid }) => uid);

function variables(uid: string): string[] {
    const model = provisioned.find((dashboard) => dashboard.uid === uid)?.model;
    return (model?.templating?.list ?? []).map(({ name }) => name);
}

/** The ways that values lead, with the variables that each carries on. */
function valueLinks(model: Dashboard): { to: string; carries: string[] }[] {
    const urls = [...JSON.stringify(model.panels).matchAll(/\/d\/([-\w]+)\?((?:[^"\\]|\\.)*)/g)];
    return urls.map(([, to = "", query = ""]) => ({
        to,
        carries: [...query.matchAll(/var-(\w+)=/g)].map(([, name = ""]) => name),
    }));
}

describe.each(levels)("the links of $uid", ({ uid, model }) => {
    it("keep customer and cluster, and set only what is there", () => {
        const links = valueLinks(model);
        expect(links).not.toEqual([]);
        for (const { to, carries } of links) {
            expect(carries).toEqual(expect.arrayContaining(["datasource", "tenant", "cluster"]));
            expect({ to, missing: carries.filter((name) => !variables(to).includes(name)) }).toEqual({
                to,
                missing: [],
            });
        }
    });

    it("lead to every other level, with the time and what is chosen", () => {
        const links = model.links ?? [];
        const expected = uid === "clusters" ? ["fleet-overview"] : uids.filter((other) => other !== uid);
        expect(links.map(({ url }) => url)).toEqual(expected.map((other) => `/d/${other}`));
        for (const { url, includeVars, keepTime } of links) {
            expect({ url, keepTime }).toEqual({ url, keepTime: true });
            // Back at the fleet one sees all of it.
            expect({ url, includeVars }).toEqual({ url, includeVars: url !== "/d/clusters" });
        }
    });
});

describe("the dashboards of one cluster", () => {
    it.each(uids.filter((uid) => uid !== "clusters"))("%s has one cluster at first, and never all", (uid) => {
        const { model } = levels.find((level) => level.uid === uid)!;
        expect(model.templating?.list?.find(({ name }) => name === "cluster")).toMatchObject({
            multi: true,
            includeAll: false,
        });
    });

    it("fill each line of their grid", () => {
        for (const { uid, model } of levels) {
            const lines = new Map<number, number>();
            for (const { gridPos } of model.panels ?? []) {
                const { y = 0, w = 0 } = gridPos ?? {};
                lines.set(y, (lines.get(y) ?? 0) + w);
            }
            expect({ uid, widths: [...new Set(lines.values())] }).toEqual({ uid, widths: [24] });
        }
    });
});
