import {
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleConfigBuilder,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    ReduceDataOptionsBuilder,
    StackingConfigBuilder,
    StackingMode,
    TableCellDisplayMode,
    VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
    DashboardLinkBuilder,
    FieldColorBuilder,
    FieldColorModeId,
    ThresholdsConfigBuilder,
    ThresholdsMode,
    type DynamicConfigValue,
    type Threshold,
    type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as GaugeBuilder } from "@grafana/grafana-foundation-sdk/gauge";
import {
    PanelBuilder as PieBuilder,
    PieChartLegendOptionsBuilder as PieLegendBuilder,
} from "@grafana/grafana-foundation-sdk/piechart";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TextBuilder, TextMode } from "@grafana/grafana-foundation-sdk/text";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { datasource } from "./variables";

/** What every panel says about itself. */
export interface PanelArgs {
    /** Unique in its dashboard. */
    title: string;
    /** What it shows, in sentences. */
    description: string;
    /** A unit of @grafana/grafana-foundation-sdk/units. */
    unit: string;
    /** Columns of 24. */
    span: number;
    /** Rows of 30 pixels. */
    height: number;
    /** Why there may be nothing to show, in the words that stand there then. A panel without must never be empty. */
    noValue?: string;
    /** Colours from values on. */
    thresholds?: Threshold[];
    mappings?: ValueMapping[];
    decimals?: number;
    min?: number;
    max?: number;
    /** The dashboard that a click leads to. */
    link?: PanelLink;
}

/** A way from a value to the dashboard that explains it. */
export interface PanelLink {
    title: string;
    uid: string;
    /** Variable of that dashboard → label of the value, which the link carries on. */
    carry: Record<string, string>;
}

/** A query and what its series are called. */
export interface Line {
    expr: string;
    /** With `{{label}}`. */
    legend: string;
}

/** One big number, or a tile for each series that the query answers with. */
export function stat(args: PanelArgs & { expr: string; legend?: string; tiles?: boolean }): StatBuilder {
    const panel = framed(new StatBuilder(), args)
        .graphMode(BigValueGraphMode.None)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .withTarget(instant("A", args.expr).legendFormat(args.legend ?? "__auto"));
    if (args.tiles === true) {
        panel.textMode(BigValueTextMode.ValueAndName);
    }
    return args.thresholds === undefined ? panel : panel.colorMode(BigValueColorMode.Background);
}

/** A share of a whole, for each series that the query answers with. */
export function gauge(args: PanelArgs & { expr: string; legend?: string }): GaugeBuilder {
    return framed(new GaugeBuilder(), args)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .withTarget(instant("A", args.expr).legendFormat(args.legend ?? "__auto"));
}

/** How a whole is divided, with the colours that some of its parts always have. */
export function pie(args: PanelArgs & Line & { colors?: Record<string, string> }): PieBuilder {
    const panel = framed(new PieBuilder(), args)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .legend(
            new PieLegendBuilder()
                .displayMode(LegendDisplayMode.List)
                .placement(LegendPlacement.Right)
                .showLegend(true),
        )
        .withTarget(instant("A", args.expr).legendFormat(args.legend));
    for (const [name, color] of Object.entries(args.colors ?? {})) {
        panel.overrideByName(name, [fixedColor(color)]);
    }
    return panel;
}

/** Values over time, with a line across for each threshold. */
export function timeseries(args: PanelArgs & { lines: Line[]; stacked?: boolean }): TimeseriesBuilder {
    const panel = framed(new TimeseriesBuilder(), args)
        .fillOpacity(args.stacked === true ? 40 : 10)
        .legend(legendBelow());
    if (args.thresholds !== undefined) {
        // By value, all lines would have one colour.
        panel
            .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
            .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
    }
    if (args.stacked === true) {
        panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
    }
    args.lines.forEach(({ expr, legend }, index) =>
        panel.withTarget(new DataqueryBuilder().refId(refId(index)).expr(expr).range().legendFormat(legend)),
    );
    return panel;
}

/** A column of a table. */
export interface Column {
    /** Its heading. */
    title: string;
    /** A label of the rows, or a query whose value stands here; queries are matched by the rows' labels. */
    from: { label: string } | { expr: string };
    /** Whether it is there for its rows alone, because its value is always the same. */
    hidden?: boolean;
    /** A unit, where it is not the panel's. */
    unit?: string;
    decimals?: number;
    thresholds?: Threshold[];
    mappings?: ValueMapping[];
    /** Whether the cell has the colour that its mapping says; with thresholds it has theirs. */
    colored?: boolean;
    /** Pixels. */
    width?: number;
    /** The dashboard that a click on the cell leads to. */
    link?: PanelLink;
}

/** A row for each set of labels that a query answers with. Every query keeps exactly the labels that are columns. */
export function table(args: PanelArgs & { columns: Column[] }): TableBuilder {
    const panel = framed(new TableBuilder(), args);
    const fields: { field: string; column: Column }[] = [];
    let queries = 0;
    for (const column of args.columns) {
        if ("label" in column.from) {
            fields.push({ field: column.from.label, column });
        } else {
            const id = refId(queries++);
            fields.push({ field: `Value #${id}`, column });
            panel.withTarget(instant(id, column.from.expr).format(PromQueryFormat.Table));
        }
    }
    // With one query Grafana calls its value just that.
    const nameOf = (field: string) => (queries === 1 && field === "Value #A" ? "Value" : field);
    panel.withTransformation({ id: "merge", options: {} }).withTransformation({
        id: "organize",
        options: {
            excludeByName: Object.fromEntries(
                [
                    "Time",
                    ...fields.filter(({ column }) => column.hidden === true).map(({ field }) => nameOf(field)),
                ].map((field) => [field, true]),
            ),
            indexByName: Object.fromEntries(fields.map(({ field }, index) => [nameOf(field), index])),
            renameByName: Object.fromEntries(fields.map(({ field, column }) => [nameOf(field), column.title])),
        },
    });
    for (const { column } of fields.filter(({ column }) => column.hidden !== true)) {
        const overrides = [
            // Else each empty cell would say what the panel says when all of it is empty.
            ...(args.noValue === undefined ? [] : [{ id: "noValue", value: "" }]),
            ...columnOverrides(column, args.columns),
        ];
        if (overrides.length > 0) {
            panel.overrideByName(column.title, overrides);
        }
    }
    return panel;
}

/** An override that gives a series one colour. */
export function fixedColor(color: string): DynamicConfigValue {
    return { id: "color", value: { mode: FieldColorModeId.Fixed, fixedColor: color } };
}

/** Words, in Markdown. */
export function text(args: { title: string; content: string; span: number; height: number }): TextBuilder {
    return new TextBuilder()
        .title(args.title)
        .span(args.span)
        .height(args.height)
        .mode(TextMode.Markdown)
        .content(args.content);
}

/** Colours: green, and from each bound on another; `from` those that are bad above, in rising order. */
export function badAbove(...bounds: [number, string][]): Threshold[] {
    return [{ value: null, color: "green" }, ...bounds.map(([value, color]) => ({ value, color }))];
}

/** Colours: red below the first bound, orange below the second, green from there on. */
export function badBelow(red: number, orange: number): Threshold[] {
    return [
        { value: null, color: "red" },
        { value: red, color: "orange" },
        { value: orange, color: "green" },
    ];
}

function legendBelow(): VizLegendOptionsBuilder {
    return new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true);
}

/** What a framed panel can be told, whatever its kind. */
interface Frame<Panel> {
    title(title: string): Panel;
    description(description: string): Panel;
    datasource(ref: typeof datasource): Panel;
    unit(unit: string): Panel;
    span(columns: number): Panel;
    height(rows: number): Panel;
    noValue(text: string): Panel;
    thresholds(thresholds: ThresholdsConfigBuilder): Panel;
    colorScheme(color: FieldColorBuilder): Panel;
    mappings(mappings: ValueMapping[]): Panel;
    decimals(decimals: number): Panel;
    min(min: number): Panel;
    max(max: number): Panel;
    dataLinks(links: DashboardLinkBuilder[]): Panel;
}

function framed<Panel extends Frame<Panel>>(panel: Panel, args: PanelArgs): Panel {
    panel
        .title(args.title)
        .description(args.description)
        .datasource(datasource)
        .unit(args.unit)
        .span(args.span)
        .height(args.height);
    if (args.noValue !== undefined) {
        panel.noValue(args.noValue);
    }
    if (args.thresholds === undefined) {
        // Grafana's own default is red from 80 on, of whatever it may be.
        panel.thresholds(absolute([{ value: null, color: "blue" }]));
    } else {
        panel
            .thresholds(absolute(args.thresholds))
            .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
    }
    if (args.mappings !== undefined) {
        panel.mappings(args.mappings);
    }
    if (args.decimals !== undefined) {
        panel.decimals(args.decimals);
    }
    if (args.min !== undefined) {
        panel.min(args.min);
    }
    if (args.max !== undefined) {
        panel.max(args.max);
    }
    if (args.link !== undefined) {
        panel.dataLinks([
            new DashboardLinkBuilder(args.link.title).url(linkUrl(args.link, (label) => `\${__field.labels.${label}}`)),
        ]);
    }
    return panel;
}

function instant(id: string, expr: string): DataqueryBuilder {
    return new DataqueryBuilder().refId(id).expr(expr).instant();
}

function absolute(steps: Threshold[]): ThresholdsConfigBuilder {
    return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

function refId(index: number): string {
    return String.fromCharCode("A".charCodeAt(0) + index);
}

/** A link keeps the time range and the datasource, and carries labels on as variables. */
function linkUrl(link: PanelLink, value: (label: string) => string): string {
    const carried = Object.entries(link.carry).map(([variable, label]) => `var-${variable}=${value(label)}`);
    return `/d/${link.uid}?${["${__url_time_range}", "var-datasource=${datasource}", ...carried].join("&")}`;
}

function columnOverrides(column: Column, columns: Column[]): DynamicConfigValue[] {
    const titleOf = (label: string) =>
        columns.find(({ from }) => "label" in from && from.label === label)?.title ?? label;
    return [
        ...(column.unit === undefined ? [] : [{ id: "unit", value: column.unit }]),
        ...(column.decimals === undefined ? [] : [{ id: "decimals", value: column.decimals }]),
        // A number that is shown as a word stands where words do.
        ...(column.mappings === undefined
            ? []
            : [
                  { id: "mappings", value: column.mappings },
                  { id: "custom.align", value: "left" },
              ]),
        ...(column.thresholds === undefined ? [] : [{ id: "thresholds", value: absolute(column.thresholds).build() }]),
        ...(column.thresholds === undefined && column.colored !== true
            ? []
            : [{ id: "custom.cellOptions", value: { type: TableCellDisplayMode.ColorBackground } }]),
        ...(column.width === undefined ? [] : [{ id: "custom.width", value: column.width }]),
        ...(column.link === undefined
            ? []
            : [
                  {
                      id: "links",
                      value: [
                          {
                              title: column.link.title,
                              url: linkUrl(column.link, (label) => `\${__data.fields["${titleOf(label)}"]}`),
                          },
                      ],
                  },
              ]),
    ];
}
