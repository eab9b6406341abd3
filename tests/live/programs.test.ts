import { findPrograms, furtherPrograms, neverBuilt } from "../../local/programs";
import { unitTests } from "./unitTests";

beforeAll(async () => {
    await findPrograms([...furtherPrograms, "postgres_exporter", "promtool"], { report: () => undefined });
}, 60 * 60_000);

test(
    "Loki, the collector, the exporters and Caddy take what they are given, and keep tenants apart",
    () => {
        const { passed, ...rest } = unitTests(
            [
                "--testPathPatterns=tests/platform/(loki|logCollector|otlp|statsdExporter|postgresExporter|tenantGateway)|tests/examples/push",
            ],
            neverBuilt,
        );
        expect(rest).toEqual({ wrong: [], stderr: "" });
        expect(passed).toBeGreaterThan(150);
    },
    20 * 60_000,
);
