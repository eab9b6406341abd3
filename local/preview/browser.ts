import { GaugeChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Chart, Gauge, Lines, Slices } from "./charts";
import { format } from "./units";

// The little of a browser that is needed: its types would be those of everything else as well.
interface Place {
    firstElementChild: { textContent: string };
    lastElementChild: Parameters<typeof init>[0];
}
declare const document: { querySelectorAll(selector: string): Iterable<Place> };
declare const window: { addEventListener(event: "resize", listener: () => void): void };

use([
    GaugeChart,
    LineChart,
    PieChart,
    GridComponent,
    LegendComponent,
    MarkLineComponent,
    TooltipComponent,
    SVGRenderer,
]);

/** About how many ticks there are on the axis of values. */
const ticks = 5;
const textColour = "#CCCCDC";
const faintColour = "rgba(204, 204, 220, 0.12)";
const text = { color: textColour, fontFamily: "Inter, Helvetica, Arial, sans-serif", fontSize: 12 };
const tooltip = { backgroundColor: "#22252B", borderColor: faintColour, textStyle: text, confine: true };
const legend = {
    type: "scroll",
    bottom: 0,
    icon: "roundRect",
    itemWidth: 14,
    itemHeight: 4,
    textStyle: text,
    pageTextStyle: text,
    pageIconColor: textColour,
    pageIconInactiveColor: faintColour,
};

function lines(chart: Lines): EChartsCoreOption {
    const { unit, decimals } = chart;
    const marks = chart.marks.map(({ at, colour }) => ({ yAxis: at, lineStyle: { color: colour } }));
    return {
        grid: {
            ...{ left: 4, right: 4, top: 10, bottom: chart.legend ? 30 : 4 },
            ...{ outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        },
        tooltip: { ...tooltip, trigger: "axis", order: "valueDesc", axisPointer: { lineStyle: { color: textColour } } },
        legend: { ...legend, show: chart.legend },
        xAxis: {
            type: "time",
            min: chart.from * 1000,
            max: chart.to * 1000,
            axisLabel: {
                ...text,
                hideOverlap: true,
                formatter: chart.to - chart.from < 900 ? "{HH}:{mm}:{ss}" : "{HH}:{mm}",
            },
            splitLine: { show: true, lineStyle: { color: faintColour } },
            axisLine: { lineStyle: { color: faintColour } },
        },
        yAxis: {
            type: "value",
            scale: true,
            min: chart.min,
            max: chart.max,
            splitNumber: ticks,
            // Ticks that read alike would be of no use.
            minInterval: decimals === undefined ? undefined : 10 ** -(unit === "percentunit" ? decimals + 2 : decimals),
            ...(["bytes", "binBps"].includes(unit ?? "") ? binaryTicks(chart) : {}),
            axisLabel: { ...text, formatter: (value: number) => short(format(value, unit, decimals)) },
            splitLine: { lineStyle: { color: faintColour } },
        },
        series: chart.lines.map((line, index) => ({
            type: "line",
            name: line.name,
            color: line.colour,
            data: line.points.map(([time, value]) => [time * 1000, value]),
            showSymbol: line.points.length === 1,
            lineStyle: { width: 1.2 },
            areaStyle: chart.fill > 0 ? { opacity: chart.fill } : undefined,
            stack: chart.stacked ? "all" : undefined,
            tooltip: {
                valueFormatter: (value?: number) =>
                    typeof value === "number" ? format(value, line.unit ?? unit, decimals) : "",
            },
            markLine: index === 0 ? { symbol: "none", silent: true, label: { show: false }, data: marks } : undefined,
        })),
    };
}

/** Ticks at round numbers of KiB, MiB and so on. */
function binaryTicks({ lines, stacked, min, max }: Lines) {
    const sums = new Map<number, number>();
    const values = lines.flatMap(({ points }) =>
        points.map(([time, value]) => {
            const below = stacked ? (sums.get(time) ?? 0) : 0;
            sums.set(time, below + (value ?? 0));
            return below + (value ?? 0);
        }),
    );
    const [lowest, highest] = [min ?? Math.min(...values), max ?? Math.max(...values)];
    const wanted = Math.max((highest - lowest) / ticks, 1);
    const unit = 1024 ** Math.floor(Math.log(wanted) / Math.log(1024));
    const interval = unit * 2 ** Math.ceil(Math.log2(wanted / unit));
    const [bottom, top] = [Math.floor(lowest / interval) * interval, Math.ceil(highest / interval) * interval];
    return { min: min ?? bottom, max: max ?? Math.max(top, bottom + interval), interval };
}

/** Without noughts at the end of a fraction. */
function short(number: string): string {
    return number.replace(/(\.\d*?)0+(?!\d)/, (_, rest: string) => (rest === "." ? "" : rest));
}

function gauge(chart: Gauge): EChartsCoreOption {
    const dial = {
        type: "gauge",
        ...{ min: chart.min, max: chart.max, startAngle: 205, endAngle: -25, center: ["50%", "60%"] },
        ...{
            pointer: { show: false },
            splitLine: { show: false },
            axisTick: { show: false },
            axisLabel: { show: false },
        },
    };
    return {
        series: [
            {
                ...dial,
                radius: "100%",
                axisLine: { lineStyle: { width: 4, color: chart.bands } },
                detail: { show: false },
            },
            {
                ...dial,
                radius: "92%",
                axisLine: { lineStyle: { width: 18, color: [[1, "#2C3235"]] } },
                progress: { show: true, width: 18, itemStyle: { color: chart.colour } },
                detail: {
                    ...text,
                    ...{ color: chart.colour, fontSize: 24, fontWeight: 500, offsetCenter: [0, "10%"] },
                    formatter: () => chart.text,
                },
                data: [{ value: chart.value }],
            },
        ],
    };
}

function slices(chart: Slices): EChartsCoreOption {
    return {
        tooltip: { ...tooltip, valueFormatter: (value: number) => format(value, chart.unit, chart.decimals) },
        legend: { ...legend, show: chart.legend },
        series: {
            type: "pie",
            radius: chart.ring ? ["45%", "80%"] : "80%",
            ...{
                top: 4,
                bottom: chart.legend ? 28 : 4,
                label: { show: false },
                itemStyle: { borderColor: "#181B1F", borderWidth: 1 },
            },
            data: chart.slices.map(({ name, value, colour }) => ({ name, value, itemStyle: { color: colour } })),
        },
    };
}

function options(chart: Chart): EChartsCoreOption {
    switch (chart.kind) {
        case "lines":
            return lines(chart);
        case "gauge":
            return gauge(chart);
        case "slices":
            return slices(chart);
    }
}

for (const { firstElementChild, lastElementChild } of document.querySelectorAll(".chart")) {
    const drawn = init(lastElementChild);
    drawn.setOption({ animation: false, ...options(JSON.parse(firstElementChild.textContent) as Chart) });
    window.addEventListener("resize", () => drawn.resize());
}
