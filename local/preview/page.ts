import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import markdown from "markdown-it";
import type { ProvisionedDashboard } from "../../dashboards";
import type { Chart } from "./charts";
import { html, Html, json } from "./html";
import type { Cell, Drawing, Tile } from "./panels";

/** What every page says of where its data is from. */
export interface Source {
    /** In words. */
    from: string;
    simulated: boolean;
    made: Date;
}

/** A panel with what is in it. */
export interface DrawnPanel {
    panel: Panel;
    /** As they were asked. */
    queries: string[];
    drawing: Drawing;
}

/** A dashboard with what is in its panels. */
export interface DrawnDashboard {
    dashboard: ProvisionedDashboard;
    /** Of the variables that stand at one value; the others stand at all. */
    values: Record<string, string>;
    panels: DrawnPanel[];
}

/** How many panels there are, and how many show nothing. */
export interface Tally {
    panels: number;
    /** Empty, without a word of why. */
    empty: number;
    /** Empty, and say why. */
    explained: number;
    errors: number;
}

/** Counts a dashboard's panels. */
export function tally({ panels }: DrawnDashboard): Tally {
    const count = (matches: (drawing: Drawing) => boolean) => panels.filter(({ drawing }) => matches(drawing)).length;
    return {
        panels: panels.length,
        empty: count((drawing) => drawing.kind === "nothing" && !drawing.explained),
        explained: count((drawing) => drawing.kind === "nothing" && drawing.explained),
        errors: count(({ kind }) => kind === "errors"),
    };
}

/** A tally in words. */
export function inWords({ panels, empty, explained, errors }: Tally): string {
    return [
        `${panels} ${panels === 1 ? "panel" : "panels"}`,
        ...(empty > 0 ? [`${empty} empty`] : []),
        ...(explained > 0 ? [`${explained} with nothing to show`] : []),
        ...(errors > 0 ? [`${errors} in error`] : []),
    ].join(", ");
}

/** The page that leads to all others. */
export function indexPage(drawn: DrawnDashboard[], source: Source): string {
    const folders = [...new Set(drawn.map(({ dashboard }) => dashboard.folder))];
    const card = (one: DrawnDashboard) => {
        const { description = "", tags = [] } = model(one.dashboard);
        const counted = tally(one);
        return html`<a class="card" href="${one.dashboard.uid}.html">
            <h3>${one.dashboard.title}</h3>
            <p>${description}</p>
            <p class="faint ${counted.empty + counted.errors > 0 ? "bad" : ""}">${inWords(counted)}</p>
            <p>${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</p>
        </a>`;
    };
    return page(
        "Dashboards",
        html`<header>
                <h1>Dashboards</h1>
                ${provenance(source)}
            </header>
            ${folders.map(
                (folder) =>
                    html`<h2>${folder}</h2>
                        <div class="cards">
                            ${drawn.filter(({ dashboard }) => dashboard.folder === folder).map(card)}
                        </div>`,
            )}`,
    );
}

/** The page of a dashboard. `pages` are the uids of those that there are. */
export function dashboardPage(drawn: DrawnDashboard, source: Source, pages: Set<string>): string {
    const { dashboard, values, panels } = drawn;
    const { description = "", links = [], tags = [], panels: laidOut = [], templating } = model(dashboard);
    const byTitle = new Map(panels.map((one) => [one.panel.title, one]));
    const sections = laidOut.reduce<{ row?: RowPanel; panels: Panel[] }[]>(
        (before, panel) => {
            if ("panels" in panel) {
                return [...before, { row: panel, panels: panel.panels }];
            }
            before.at(-1)?.panels.push(panel);
            return before;
        },
        [{ panels: [] }],
    );
    return page(
        dashboard.title,
        html`<header>
                <h1><a href="index.html">Dashboards</a> / ${dashboard.folder} / ${dashboard.title}</h1>
                <p>${description} ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</p>
                <p class="choices">
                    ${(templating?.list ?? [])
                        .filter(({ includeAll, name }) => includeAll === true || name in values)
                        .map(
                            ({ name, label = name }) =>
                                html`<span class="choice"><b>${label}</b> ${values[name] ?? "All"}</span>`,
                        )}
                    ${links.map(({ title, url }) => linked(html`${title}`, url, pages))}
                </p>
                ${provenance(source)}
                <p class="faint">${inWords(tally(drawn))}</p>
            </header>
            ${sections.map(({ row, panels }) => [
                row === undefined ? "" : html`<h2>${row.title}</h2>`,
                grid(panels, byTitle, pages),
            ])}
            <script src="preview.js"></script>`,
    );
}

function model({ json }: ProvisionedDashboard): Dashboard {
    return JSON.parse(json) as Dashboard;
}

function page(title: string, body: Html): string {
    return html`<!doctype html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width" />
                <link rel="icon" href="data:," />
                <link rel="stylesheet" href="preview.css" />
                <title>${title}</title>
            </head>
            <body>
                ${body}
            </body>
        </html> `.text;
}

function provenance({ from, simulated, made }: Source): Html {
    const when = `${made.toISOString().slice(0, 16).replace("T", " ")} UTC`;
    return html`<p class="faint">
        ${simulated ? html`<strong class="simulated">Simulated data</strong>` : ""} From ${from}, ${when}. Grafana may
        draw details otherwise.
    </p>`;
}

/** Grafana's grid: 24 columns, rows of 30 pixels, gaps of 8. */
function grid(panels: Panel[], drawn: Map<string | undefined, DrawnPanel>, pages: Set<string>): Html {
    const top = Math.min(...panels.map(({ gridPos }) => gridPos?.y ?? 0));
    return html`<div class="grid">
        ${panels.map((panel) => {
            const { x = 0, y = 0, w = 24, h = 8 } = panel.gridPos ?? {};
            const place = `grid-area: ${y - top + 1} / ${x + 1} / span ${h} / span ${w}`;
            const one = drawn.get(panel.title);
            return one === undefined ? "" : framed(one, place, pages);
        })}
    </div>`;
}

function framed({ panel, queries, drawing }: DrawnPanel, place: string, pages: Set<string>): Html {
    const { w = 24, h = 8 } = panel.gridPos ?? {};
    const about = `about-${panel.id ?? panel.title}`;
    return html`<section class="panel" style="${place}" data-kind="${drawing.kind}" data-title="${panel.title}">
        <h3>
            <span>${panel.title}</span>
            <button popovertarget="${about}" title="${panel.description}">i</button>
        </h3>
        <div id="${about}" popover>
            <p>${panel.description}</p>
            ${queries.map((query) => html`<pre>${query}</pre>`)}
        </div>
        <div class="content">${drawn(drawing, { w, h }, pages)}</div>
    </section>`;
}

function drawn(drawing: Drawing, size: { w: number; h: number }, pages: Set<string>): Html {
    switch (drawing.kind) {
        case "words":
            return html`<div class="words">${words(drawing.markdown, pages)}</div>`;
        case "errors":
            return html`<div class="errors">${drawing.errors.map((error) => html`<p>${error}</p>`)}</div>`;
        case "nothing":
            return html`<p class="nothing ${drawing.explained ? "" : "bad"}">${drawing.text}</p>`;
        case "tiles": {
            const tiles = drawing.tiles.map((tile) => bigValue(tile, drawing.filled, pages));
            return html`<div class="tiles" style="--columns: ${columns(tiles.length, size)}">${tiles}</div>`;
        }
        case "gauges": {
            const gauges = drawing.gauges.map(
                ({ name, link, gauge }) =>
                    html`<div class="gauge">
                        ${chart(gauge)}
                        <p>${linked(html`${name}`, link, pages)}</p>
                    </div>`,
            );
            return html`<div class="tiles" style="--columns: ${columns(gauges.length, size)}">${gauges}</div>`;
        }
        case "table":
            return html`<table>
                <thead>
                    <tr>
                        ${drawing.headings.map(({ text, number }) => html`<th class="${aligned(number)}">${text}</th>`)}
                    </tr>
                </thead>
                <tbody>
                    ${drawing.rows.map(
                        (row) =>
                            html`<tr>
                                ${row.map((one) => cell(one, pages))}
                            </tr>`,
                    )}
                </tbody>
            </table>`;
        case "lines":
        case "slices":
            return chart(drawing);
    }
}

function chart(data: Chart): Html {
    return html`<div class="chart">
        <script type="application/json">
            ${json(data)}
        </script>
        <div></div>
    </div>`;
}

function bigValue({ name, text, colour, link }: Tile, filled: boolean, pages: Set<string>): Html {
    // The value takes what room it finds; a character is about as wide as 0.6 of its height.
    const style = `--length: ${Math.max(text.length, 3)}; ${filled ? onColour(colour) : `color: ${colour}`}`;
    const named = name === "" ? "" : html`<span class="name" style="--length: ${name.length}">${name}</span>`;
    const inside = html`${named}<span class="value">${text}</span>`;
    return html`<div class="tile" style="${style}"><div>${linked(inside, link, pages)}</div></div>`;
}

function cell({ text, colour, fill, number, link }: Cell, pages: Set<string>): Html {
    const style = { background: onColour(colour), text: `color: ${colour}`, none: "" }[fill];
    return html`<td class="${aligned(number)}" style="${style}">${linked(html`${text}`, link, pages)}</td>`;
}

function aligned(number: boolean): string {
    return number ? "number" : "";
}

/** How many tiles stand beside each other, so that they are as large as they can be. */
function columns(tiles: number, { w, h }: { w: number; h: number }): number {
    const width = w * 60;
    const height = h * 38 - 48;
    const size = (columns: number) => Math.min(width / columns / 2.5, height / Math.ceil(tiles / columns));
    const possible = Array.from({ length: tiles }, (_, index) => index + 1);
    return possible.reduce((best, one) => (size(one) > size(best) ? one : best), 1);
}

/** A background, and dark or light letters on it. */
function onColour(colour: string): string {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[0-9a-f]{2}/gi) ?? []).map((part) => parseInt(part, 16));
    const bright = 0.299 * red + 0.587 * green + 0.114 * blue > 140;
    return `background: ${colour}; color: ${bright ? "#111217" : "#FFFFFF"}`;
}

/** Where a link of Grafana leads in the preview: to another page, outside, or nowhere. */
export function pageOf(url: string, pages: Set<string>): string | undefined {
    const uid = /^\/d\/([-\w]+)/.exec(url)?.[1];
    if (uid !== undefined) {
        return pages.has(uid) ? `${uid}.html` : undefined;
    }
    return /^https?:\/\/[^$]*$/.test(url) ? url : undefined;
}

function linked(inside: Html, url: string | undefined, pages: Set<string>): Html {
    const target = url === undefined ? undefined : pageOf(url, pages);
    return target === undefined ? inside : html`<a href="${target}">${inside}</a>`;
}

/** HTML in the Markdown stands there as text. */
function words(text: string, pages: Set<string>): Html {
    return new Html(
        markdown({ linkify: true })
            .render(text)
            .replaceAll(/href="(\/d\/[^"]*)"/g, (_, url: string) => `href="${pageOf(url, pages) ?? "#"}"`),
    );
}
