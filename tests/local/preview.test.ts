import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboards } from "../../dashboards";
import { badAbove, gauge, pie, stat, table, text, timeseries, type PanelArgs } from "../../dashboards/panels";
import { observerName } from "../../local/observer";
import { read, type Series } from "../../local/preview/ask";
import { html, json } from "../../local/preview/html";
import { dashboardPage, indexPage, inWords, pageOf, tally } from "../../local/preview/page";
import { drawing, type Answered, type Drawing } from "../../local/preview/panels";
import { frames, transformed } from "../../local/preview/tables";
import { format } from "../../local/preview/units";
import { draw } from "../../local/preview/write";
import { everyMonitor } from "../../local/simulation";
import { madeUp } from "./madeUp";

const range = { from: 1_000, to: 4_600 };
const args: PanelArgs = { title: "Panel", description: "Says something.", unit: "short", span: 8, height: 8 };

function series(labels: Record<string, string>, ...values: number[]): Series {
    return { labels, points: values.map((value, index) => [range.from + 60 * index, value]) };
}

function answered(refId: string, ...all: Series[]): Answered {
    return { refId, legend: "__auto", answer: { series: all } };
}

function drawn<Kind extends Drawing["kind"]>(
    kind: Kind,
    builder: { build(): Panel },
    ...answers: Answered[]
): Extract<Drawing, { kind: Kind }> {
    const result = drawing(builder.build(), answers, range);
    expect(result.kind).toBe(kind);
    return result as Extract<Drawing, { kind: Kind }>;
}

describe("units", () => {
    test.each([
        [0, "short", undefined, "0"],
        [1234, "short", undefined, "1.23 K"],
        [-2_500_000, "short", 1, "-2.5 Mil"],
        [0.125, "percentunit", undefined, "12.5%"],
        [99.5, "percent", 0, "100%"],
        [1536, "bytes", undefined, "1.50 KiB"],
        [500, "gbytes", 0, "500 GiB"],
        [0.5, "decgbytes", undefined, "500 MB"],
        [1500, "decbytes", undefined, "1.50 kB"],
        [0.0042, "s", undefined, "4.20 ms"],
        [0, "s", undefined, "0 s"],
        [90, "s", undefined, "1.50 mins"],
        [172_800, "s", undefined, "2 days"],
        [12.34, "cps", undefined, "12.3 c/s"],
        [1, "bool_yes_no", undefined, "Yes"],
        [Infinity, "s", undefined, "∞"],
        [NaN, "bytes", undefined, "NaN"],
    ])("%d in %s with %p decimals is %s", (value, unit, decimals, expected) => {
        expect(format(value, unit, decimals)).toBe(expected);
    });

    it("are those that dashboards use", () => {
        const texts = dashboards({ observer: observerName, monitors: everyMonitor }).map((dashboard) => dashboard.json);
        const used = texts.flatMap((text) => [
            ...[...text.matchAll(/"unit":"([^"]*)"/g)].map(([, unit]) => unit),
            ...[...text.matchAll(/"id":"unit","value":"([^"]*)"/g)].map(([, unit]) => unit),
        ]);
        expect(used).not.toEqual([]);
        for (const unit of new Set(used)) {
            expect(() => format(1, unit)).not.toThrow();
        }
    });

    it("fail where they are not known", () => {
        expect(() => format(1, "furlongs")).toThrow(/"furlongs"/);
    });
});

describe("an answer", () => {
    it("is read with the numbers that JSON does not have", () => {
        const values: [number, string][] = [[1, "+Inf"], [2, "-Inf"], [3, "NaN"], [4, "5e-1"]]; // prettier-ignore
        const result = [{ metric: { a: "b" }, values }];
        const { series = [] } = read({ data: { resultType: "matrix", result } }) as { series?: Series[] };
        expect(series).toEqual([{ labels: { a: "b" }, points: [[1, Infinity], [2, -Infinity], [3, NaN], [4, 0.5]] }]); // prettier-ignore
    });

    it("is an error where Query refuses", () => {
        expect(read({ error: "parse error" })).toEqual({ error: "parse error" });
    });
});

describe("a table", () => {
    const columns = table({
        ...args,
        columns: [
            { title: "Cluster", from: { label: "cluster" }, link: { title: "Cluster", uid: "cluster", carry: {} } },
            { title: "Used", from: { expr: "used" }, unit: "percentunit", thresholds: badAbove([0.9, "red"]) },
            {
                title: "State",
                from: { expr: "state" },
                mappings: [{ type: "value", options: { "0": { text: "Down", color: "red" } } } as never],
            },
        ],
    });

    it("joins the rows of its queries by their labels, in the order of its columns", () => {
        const { headings, rows } = drawn(
            "table",
            columns,
            answered("A", series({ cluster: "a" }, 0.95), series({ cluster: "b" }, 0.5)),
            answered("B", series({ cluster: "b" }, 0), series({ cluster: "c" }, 1)),
        );
        expect(headings.map(({ text }) => text)).toEqual(["Cluster", "Used", "State"]);
        expect(rows.map((row) => row.map(({ text }) => text))).toEqual([
            ["a", "95%", ""],
            ["b", "50%", "Down"],
            ["c", "", "1"],
        ]);
        expect(rows[0]?.[1]).toMatchObject({ fill: "background", colour: "#F2495C" });
        expect(rows[1]?.[1]).toMatchObject({ fill: "background", colour: "#73BF69" });
        expect(rows[1]?.[0]?.link).toMatch(/^\/d\/cluster\?/);
    });

    it("shows a label that no column was meant for, as Grafana does", () => {
        const { headings } = drawn(
            "table",
            columns,
            answered("A", series({ cluster: "a", pod: "x" }, 1)),
            answered("B"),
        );
        expect(headings.map(({ text }) => text)).toEqual(["Cluster", "Used", "pod"]);
    });

    it("keeps rows apart that contradict each other", () => {
        const tables = frames([
            { refId: "A", series: [series({ cluster: "a", pod: "x" }, 1), series({ cluster: "a", pod: "y" }, 2)] },
            { refId: "B", series: [series({ cluster: "a" }, 3)] },
        ]);
        const { rows } = transformed(tables, [{ id: "merge", options: {} }]);
        expect(rows).toEqual([
            { Time: range.from, cluster: "a", pod: "x", "Value #A": 1, "Value #B": 3 },
            { Time: range.from, cluster: "a", pod: "y", "Value #A": 2, "Value #B": 3 },
        ]);
    });

    it("refuses transformations that it does not know", () => {
        expect(() => transformed([], [{ id: "rowsToFields", options: {} }])).toThrow(/rowsToFields/);
    });
});

describe("a stat", () => {
    const expr = "up";

    it("has a value, and a name only where there are several", () => {
        const one = drawn("tiles", stat({ ...args, expr }), answered("A", series({ cluster: "a" }, 3)));
        expect(one).toMatchObject({ filled: false, tiles: [{ name: "", text: "3" }] });
        const two = [series({ cluster: "a" }, 1), series({ cluster: "b" }, 2)];
        const { tiles } = drawn("tiles", stat({ ...args, expr }), answered("A", ...two));
        expect(tiles.map(({ name }) => name)).toEqual(["a", "b"]);
    });

    it("is coloured by its thresholds, and by its mappings before them", () => {
        const mappings = [{ type: "range", options: { from: 5, to: null, result: { text: "Many", color: "blue" } } }];
        const panel = stat({ ...args, expr, thresholds: badAbove([2, "orange"]), mappings: mappings as never });
        const of = (value: number) => drawn("tiles", panel, answered("A", series({}, value))).tiles[0];
        expect(of(1)).toMatchObject({ text: "1", colour: "#73BF69" });
        expect(of(2)).toMatchObject({ text: "2", colour: "#FF9830" });
        expect(of(7)).toMatchObject({ text: "Many", colour: "#5794F2" });
    });

    it("that is empty says so in its words", () => {
        const panel = stat({ ...args, expr, noValue: "All is well" });
        expect(drawn("nothing", panel, answered("A"))).toMatchObject({ text: "All is well", explained: true });
        expect(drawn("nothing", stat({ ...args, expr }), answered("A"))).toMatchObject({ explained: false });
    });

    it("that is refused says why", () => {
        const refused = { refId: "A", answer: { error: "no such function" } };
        expect(drawn("errors", stat({ ...args, expr }), refused).errors).toEqual(["no such function"]);
    });
});

describe("a chart", () => {
    it("has a line for each series, named by the legend", () => {
        const panel = timeseries({ ...args, lines: [{ expr: "a", legend: "{{cluster}}" }], stacked: true, min: 0 });
        const answer = { ...answered("A", series({ cluster: "a" }, 1, NaN, 3)), legend: "CPU of {{cluster}}" };
        expect(drawn("lines", panel, answer)).toMatchObject({
            lines: [{ name: "CPU of a", points: [[1000, 1], [1060, null], [1120, 3]] }], // prettier-ignore
            ...{ stacked: true, fill: 0.4, min: 0, unit: "short", ...range },
        });
    });

    it("stacks lines time by time, though not all begin at once", () => {
        const panel = timeseries({ ...args, lines: [{ expr: "a", legend: "{{cluster}}" }], stacked: true });
        const late = { labels: { cluster: "b" }, points: [[1060, 5]] as [number, number][] };
        const { lines } = drawn("lines", panel, answered("A", series({ cluster: "a" }, 1, 2), late));
        expect(lines.map(({ points }) => points)).toEqual([
            [[1000, 1], [1060, 2]], // prettier-ignore
            [[1000, null], [1060, 5]], // prettier-ignore
        ]);
    });

    it("has slices", () => {
        const panel = pie({ ...args, expr: "a", legend: "{{cluster}}" });
        const answer = {
            ...answered("A", series({ cluster: "a" }, 1), series({ cluster: "b" }, 3)),
            legend: "{{cluster}}",
        };
        const { slices } = drawn("slices", panel, answer);
        expect(slices.map(({ name, value }) => [name, value])).toEqual([["a", 1], ["b", 3]]); // prettier-ignore
    });

    it("has a gauge with the colours of its thresholds", () => {
        const panel = gauge({ ...args, unit: "percentunit", expr: "a", thresholds: badAbove([0.8, "red"]) });
        const { gauges } = drawn("gauges", panel, answered("A", series({}, 0.9)));
        expect(gauges[0]?.gauge).toMatchObject({
            ...{ text: "90%", colour: "#F2495C", min: 0, max: 1 },
            bands: [[0.8, "#73BF69"], [1, "#F2495C"]], // prettier-ignore
        });
    });
});

describe("the pages", () => {
    const source = { from: "a test", simulated: true, made: new Date(0) };

    it("escape what comes from outside", () => {
        expect(html`<p title="${'"'}">${"<b>&"}</p>`.text).toBe('<p title="&#34;">&#60;b&#62;&#38;</p>');
        expect(json("</script>").text).not.toContain("<");
        const words = drawn("words", text({ title: "Words", content: "**Bold** <b>", span: 8, height: 4 }));
        expect(words).toEqual({ kind: "words", markdown: "**Bold** <b>" });
    });

    it("lead to each other, and outside, and nowhere else", () => {
        const pages = new Set(["cluster"]);
        expect(pageOf("/d/cluster?var-cluster=${__data.fields.cluster}", pages)).toBe("cluster.html");
        expect(pageOf("/d/unknown", pages)).toBeUndefined();
        expect(pageOf("https://example.org/", pages)).toBe("https://example.org/");
        expect(pageOf("https://example.org/${__value.text}", pages)).toBeUndefined();
        expect(pageOf("javascript:alert(1)", pages)).toBeUndefined();
    });

    it("can be made of every dashboard", async () => {
        const all = dashboards({ observer: observerName, monitors: everyMonitor });
        const pages = new Set(all.map(({ uid }) => uid));
        const made = await Promise.all(all.map((dashboard) => draw(dashboard, madeUp(range), range)));
        for (const one of made) {
            expect(inWords(tally(one))).toMatch(/^\d+ panels$/);
            expect(dashboardPage(one, source, pages)).toContain("Simulated data");
        }
        const index = indexPage(made, source);
        all.forEach(({ uid }) => expect(index).toContain(`href="${uid}.html"`));
    });
});
