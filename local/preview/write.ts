import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { build } from "esbuild";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dashboardQueries, type ProvisionedDashboard } from "../../dashboards";
import type { Ask, TimeRange } from "./ask";
import { dashboardPage, indexPage, type DrawnDashboard, type Source } from "./page";
import { drawing } from "./panels";

/** Where the answers come from, and for which time. */
export interface Asking {
    ask: Ask;
    range: TimeRange;
    source: Omit<Source, "simulated">;
}

/** Writes a page for each dashboard, and one that leads to them; tells of each dashboard. */
export async function writePreview(
    directory: string,
    dashboards: ProvisionedDashboard[],
    { ask, range, source }: Asking,
    drawn: (dashboard: DrawnDashboard) => void = () => undefined,
): Promise<DrawnDashboard[]> {
    await mkdir(directory, { recursive: true });
    const told = { ...source, simulated: await simulated(ask) };
    const pages = new Set(dashboards.map(({ uid }) => uid));
    const all: DrawnDashboard[] = [];
    for (const dashboard of dashboards) {
        const one = await draw(dashboard, ask, range);
        await writeFile(join(directory, `${dashboard.uid}.html`), dashboardPage(one, told, pages));
        drawn(one);
        all.push(one);
    }
    await writeFile(join(directory, "index.html"), indexPage(all, told));
    await copyFile(join(__dirname, "preview.css"), join(directory, "preview.css"));
    await build({
        entryPoints: [join(__dirname, "browser.ts")],
        outfile: join(directory, "preview.js"),
        ...{ bundle: true, minify: true, format: "iife", logLevel: "error", charset: "utf8" },
    });
    return all;
}

/** Asks every query of a dashboard, and says what its panels show. */
export async function draw(dashboard: ProvisionedDashboard, ask: Ask, range: TimeRange): Promise<DrawnDashboard> {
    const values = await choose(dashboard, ask);
    const queries = dashboardQueries(dashboard, values);
    const { panels = [] } = JSON.parse(dashboard.json) as Dashboard;
    const everyPanel = panels.flatMap((panel): Panel[] => ("panels" in panel ? panel.panels : [panel]));
    return {
        ...{ dashboard, values },
        panels: await Promise.all(
            everyPanel.map(async (panel) => {
                const asked = queries.filter((query) => query.panel === panel.title);
                const answers = await Promise.all(
                    asked.map(async (query) => ({
                        refId: query.refId,
                        legend: legendOf(panel, query.refId),
                        answer: await ask(query),
                    })),
                );
                return { panel, queries: asked.map(({ expr }) => expr), drawing: drawing(panel, answers, range) };
            }),
        ),
    };
}

/**
 * Values for the variables of which one value has to be chosen. It is the last: the simulation's last customer is not
 * well, and so has more to show.
 */
async function choose({ title, json }: ProvisionedDashboard, ask: Ask): Promise<Record<string, string>> {
    const { templating } = JSON.parse(json) as Dashboard;
    const values: Record<string, string> = {};
    for (const { name, includeAll, definition = "" } of templating?.list ?? []) {
        const [, series, label = ""] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
        if (includeAll === true || series === undefined) {
            continue;
        }
        const targets = [{ expr: `group by (${label}) (${series})`, instant: true }];
        // Its series may depend on the variables before it.
        const question = { title, json: JSON.stringify({ templating, panels: [{ targets }] }) };
        for (const query of dashboardQueries(question, values)) {
            const answer = await ask(query);
            const found = "series" in answer ? answer.series.map(({ labels }) => labels[label] ?? "") : [];
            values[name] = found.sort().at(-1) ?? "";
        }
    }
    return values;
}

function legendOf(panel: Panel, refId: string): string | undefined {
    const targets = (panel.targets ?? []) as { refId?: string; legendFormat?: string }[];
    return targets.find((target) => target.refId === refId)?.legendFormat;
}

/** Whether anything of what can be asked for is a simulation's. */
async function simulated(ask: Ask): Promise<boolean> {
    const answer = await ask({ expr: 'count({simulated="true"})', instant: true });
    return "series" in answer && answer.series.length > 0;
}
