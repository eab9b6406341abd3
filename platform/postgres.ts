import type { ApplicationDatabase } from "./application";

/** The port of postgres_exporter's metrics. */
export const postgresExporterPort = 9187;

/**
 * What postgres_exporter runs with. Its defaults but for what `monitoringRole` may not read, and what has a series for
 * each table: a database with ten thousand of them would fill its Prometheus with what no dashboard asks for.
 */
export function postgresExporter(places: { http: string }): string[] {
    return [
        `--web.listen-address=${places.http}`,
        // pg_ls_waldir() takes pg_monitor.
        "--no-collector.wal",
        "--no-collector.stat_user_tables",
        "--no-collector.statio_user_tables",
    ];
}

/** How postgres_exporter finds its database and signs in, as variables of its environment. The password is in a file. */
export function postgresExporterEnvironment(
    database: ApplicationDatabase,
    passwordFile: string,
): Record<string, string> {
    return {
        DATA_SOURCE_URI: dataSourceUri(database),
        DATA_SOURCE_USER: database.user,
        DATA_SOURCE_PASS_FILE: passwordFile,
    };
}

/** What it connects to; user and password are told apart from it. */
function dataSourceUri({ host, port, database, sslMode }: ApplicationDatabase): string {
    return `${host}:${port}/${database}?sslmode=${sslMode}`;
}

/**
 * The SQL that makes the role with which postgres_exporter connects: it may connect, and read statistics, but no row of
 * any table. `\password` asks for the password in psql, so that none is in a file or a log.
 */
export function monitoringRole({ database, user }: Pick<ApplicationDatabase, "database" | "user">): string {
    return [
        `CREATE ROLE "${user}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 5;`,
        `GRANT CONNECT ON DATABASE "${database}" TO "${user}";`,
        `GRANT pg_read_all_stats TO "${user}";`,
        `\\password ${user}`,
    ].join("\n");
}
