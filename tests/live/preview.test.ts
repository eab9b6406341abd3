import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { dashboards, type ProvisionedDashboard } from "../../dashboards";
import { observerName } from "../../local/observer";
import { writePreview } from "../../local/preview/write";
import { everyMonitor } from "../../local/simulation";
import { madeUp } from "../local/madeUp";

/** The browser of this machine, whatever it is called. */
const executablePath = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((directory) => join(directory, name)))
    .find((path) => existsSync(path));

const itWithBrowser = executablePath === undefined ? it.skip : it;
const all = dashboards({ observer: observerName, monitors: everyMonitor });

/** As wide as most screens. */
const viewport = { width: 1600, height: 1000 };

let directory: string;
let browser: Browser | undefined;

beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "preview-"));
    const range = { from: 1_000_000, to: 1_003_600 };
    await writePreview(directory, [...all, hostile()], {
        ask: madeUp(range),
        range,
        source: { from: "a test", made: new Date() },
    });
    if (executablePath !== undefined) {
        browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    }
}, 120_000);

afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
});

/** A dashboard of which one query is refused and one finds nothing, with markup where text is expected. */
function hostile(): ProvisionedDashboard {
    const title = "<script>throw new Error('title')</script>";
    const panel = (id: number, expr: string) => ({
        ...{ id, type: "stat", title: `${id} ${title}`, description: title, options: {} },
        gridPos: { x: 8 * id, y: 0, w: 8, h: 4 },
        targets: [{ refId: "A", expr, instant: true }],
    });
    const panels = [panel(0, "refused"), panel(1, "vanished"), panel(2, "up")];
    return { uid: "hostile", folder: title, title, json: JSON.stringify({ title, description: title, panels }) };
}

/** Opens a page; what it complained of is in `complaints`. */
async function open(uid: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await (browser as Browser).newPage({ viewport });
    const complaints: string[] = [];
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) {
            complaints.push(message.text());
        }
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    await page.goto(pathToFileURL(join(directory, `${uid}.html`)).href);
    return { page, complaints };
}

/** What can be seen of a panel. */
interface Seen {
    title: string;
    box: { left: number; right: number; top: number; bottom: number };
    /** Words, or shapes of a chart. */
    drawn: boolean;
    /** Whose content stands out of it. */
    overflows: boolean;
}

/** Runs in the page, which has a DOM. */
const look = `[...document.querySelectorAll(".panel")].map((panel) => {
    const content = panel.querySelector(".content");
    const { left, right, top, bottom } = panel.getBoundingClientRect();
    const charts = [...panel.querySelectorAll(".chart > div")];
    const inner = content.getBoundingClientRect();
    const scrolls = content.querySelector("table, .words, .errors") !== null;
    return {
        title: panel.dataset.title,
        box: { left, right, top, bottom },
        drawn: charts.length > 0
            ? charts.every((chart) => chart.querySelectorAll("svg path").length > 1)
            : content.innerText.trim() !== "",
        overflows: inner.right > right + 1 || inner.bottom > bottom + 1 ||
            content.scrollWidth > content.clientWidth + 1 && !scrolls ||
            content.scrollHeight > content.clientHeight + 1 && !scrolls ||
            [...content.querySelectorAll(".value")].some((value) => {
                const tile = value.closest(".tile").getBoundingClientRect();
                const { left, right, top, bottom } = value.getBoundingClientRect();
                return left < tile.left - 1 || right > tile.right + 1 || top < tile.top - 1 || bottom > tile.bottom + 1;
            }),
    };
})`;

jest.setTimeout(60_000);

describe.each(["index", "hostile", ...all.map(({ uid }) => uid)])("the page of %s", (uid) => {
    itWithBrowser("draws every panel into its own box, and leads to pages that exist", async () => {
        const { page, complaints } = await open(uid);
        const panels = await page.evaluate<Seen[]>(look);
        const overlapping = panels.flatMap((one, index) =>
            panels
                .slice(index + 1)
                .filter(
                    ({ box }) =>
                        box.left < one.box.right &&
                        box.right > one.box.left &&
                        box.top < one.box.bottom &&
                        box.bottom > one.box.top,
                )
                .map((other) => `${one.title} and ${other.title}`),
        );
        expect({
            complaints,
            overlapping,
            blank: panels.filter(({ drawn }) => !drawn).map(({ title }) => title),
            overflowing: panels.filter(({ overflows }) => overflows).map(({ title }) => title),
        }).toEqual({ complaints: [], overlapping: [], blank: [], overflowing: [] });
        expect(panels.length > 0).toBe(uid !== "index");
        const links = await page.evaluate<string[]>(`[...document.querySelectorAll("a")].map(({ href }) => href)`);
        const missing = links.filter((href) => href.startsWith("file:") && !existsSync(new URL(href)));
        expect(missing).toEqual([]);
        await page.close();
    });
});

itWithBrowser("shows markup as text, why a query was refused and where nothing was found", async () => {
    const { page } = await open("hostile");
    const text = await page.locator("body").innerText();
    expect(text).toContain("<script>throw new Error('title')</script>");
    expect(text).toContain("<b>refused</b>: refused");
    expect(text).toContain("No data");
    await page.close();
});
