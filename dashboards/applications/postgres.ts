import {
    MappingType,
    RowBuilder,
    type DashboardBuilder,
    type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, CountsPerSecond, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, badBelow, stat } from "../panels";
import { chart, headline, type ServerScope } from "./board";

const upOrDown: ValueMapping[] = [
    {
        type: MappingType.ValueToText,
        options: { 0: { text: "Down", color: "red", index: 0 }, 1: { text: "Up", color: "green", index: 1 } },
    },
];

/** What PostgreSQL's panels ask for. */
export interface PostgresPanels extends ServerScope {
    database: string;
    /** Share of the connections that the server allows, by service. */
    connections: string;
}

/** A row about an application's database. */
export function addPostgres(dashboard: DashboardBuilder, panels: PostgresPanels): void {
    const { own, by, service, server, database, connections } = panels;
    const ofDatabase = `${own},datname=${JSON.stringify(database)}`;
    const perSecond = (metric: string) => `sum by (${by}) (rate(${metric}{${ofDatabase}}[$__rate_interval]))`;

    dashboard
        .withRow(new RowBuilder("PostgreSQL"))
        .withPanel(
            stat({
                title: "Database",
                description: "Whether postgres_exporter can connect.",
                expr: `max by (${by}) (pg_up{${own}})`,
                legend: server,
                tiles: true,
                unit: Short,
                span: 6,
                height: 4,
                mappings: upOrDown,
                thresholds: badBelow(1, 1),
            }),
        )
        .withPanel(
            headline("Connections now", "Share of the connections that the server allows.", `max(${connections})`, {
                unit: PercentUnit,
                decimals: 0,
                span: 6,
                thresholds: badAbove([0.8, "orange"], [0.95, "red"]),
            }),
        )
        .withPanel(
            headline(
                "Deadlocks",
                "Deadlocks in an hour, at the pace of the last minutes.",
                `3600 * sum(rate(pg_stat_database_deadlocks{${ofDatabase}}[$__rate_interval]))`,
                { unit: Short, decimals: 0, span: 6, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "Size now",
                "The database on disk.",
                `sum(max by (${by}) (pg_database_size_bytes{${ofDatabase}}))`,
                { unit: BytesIEC, span: 6 },
            ),
        )
        .withPanel(
            chart(
                "Connections",
                "Connections to all databases of the server, and how many it allows.",
                [
                    {
                        expr: `sum by (${by}) (max by (${by}, datname) (pg_stat_database_numbackends{${own}}))`,
                        legend: `In use, ${service}`,
                    },
                    {
                        expr: `max by (${by}) (pg_settings_max_connections{${own}})`,
                        legend: `Allowed, ${service}`,
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Sessions by state",
                "What sessions of the database do. Those that are idle in a transaction hold locks and do nothing.",
                [
                    {
                        expr: `sum by (${by}, state) (pg_stat_activity_count{${ofDatabase}})`,
                        legend: `{{state}}, ${service}`,
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Rows fetched",
                "Rows that queries fetch by index, each second.",
                [{ expr: perSecond("pg_stat_database_tup_fetched"), legend: service }],
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Rows written",
                "Rows that are inserted, updated and deleted, each second.",
                ["inserted", "updated", "deleted"].map((change) => ({
                    expr: perSecond(`pg_stat_database_tup_${change}`),
                    legend: `${change}, ${service}`,
                })),
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Transactions",
                "Transactions that are committed and rolled back, each second.",
                [
                    { expr: perSecond("pg_stat_database_xact_commit"), legend: `committed, ${service}` },
                    { expr: perSecond("pg_stat_database_xact_rollback"), legend: `rolled back, ${service}` },
                ],
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Size",
                "The database on disk.",
                [{ expr: `max by (${by}) (pg_database_size_bytes{${ofDatabase}})`, legend: service }],
                { unit: BytesIEC },
            ),
        );
}
