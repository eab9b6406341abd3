import type { FleetResult, Intent, KeptUntil } from "./lifecycle";
import { failed } from "./stackRuns";
import type { Row } from "./results";
import type { ClusterStatus, FleetStatus } from "./status";
import { table } from "../textTable";
import type { Verified } from "./verification";

/** What a run did, as a table and a sentence. Unchanged clusters of one stack are one line. */
export function resultText({ rows }: FleetResult): string {
    const lines = folded(rows).map(({ name, stack, outcome, seconds, why }) => [
        name,
        stack,
        outcome,
        seconds === 0 ? "" : String(seconds),
        why ?? "",
    ]);
    return `${table([["customer", "stack", "outcome", "seconds", "why"], ...lines])}\n\n${summary(rows)}\n`;
}

/** What a run would do. */
export function previewText({ rows }: FleetResult): string {
    const lines = folded(rows).map(({ name, stack, outcome, changes, why }) => [
        name,
        stack,
        ...[changes.create, changes.update, changes.delete, changes.replace].map((count) =>
            count === 0 ? "" : String(count),
        ),
        failed({ outcome } as Row) ? `${outcome}: ${why ?? ""}` : "",
    ]);
    return `${table([["customer", "stack", "create", "update", "delete", "replace", ""], ...lines])}\n\nNothing was changed.\n`;
}

/** What is about to happen. */
export function intentText({ stacks, come, go, removed, warnings }: Intent): string {
    const line = (what: string, names: string[]) => (names.length === 0 ? [] : [`${what} ${names.join(", ")}`]);
    return [
        ...warnings.map((warning) => `Warning: ${warning}`),
        ...(stacks.length === 0 ? ["No stack has changed."] : line("Stacks to run:", stacks)),
        ...line("Customers to come:", come),
        ...line("Customers to go:", go),
        ...line("Shards to be removed:", removed),
        "",
    ].join("\n");
}

/** How a fleet stands. */
export function statusText({ clusters, samplesUnknown, environment }: FleetStatus): string {
    const lines = clusters.map((cluster) => [
        cluster.name,
        cluster.tenant,
        cluster.stack,
        cluster.status,
        cluster.credentialExpires?.slice(0, 10) ?? "",
        updateText(cluster),
        sampleText(cluster),
    ]);
    const silent = clusters.filter((cluster) => cluster.silent).length;
    const broken = clusters.filter(({ lastUpdate }) => lastUpdate?.result === "failed").length;
    const samples = samplesUnknown === undefined ? `${silent} silent` : `samples unknown (${samplesUnknown})`;
    return [
        table([["customer", "tenant", "stack", "status", "certificate until", "last update", "last sample"], ...lines]),
        "",
        `${environment}: ${clusters.length} customers, ${samples}, ${broken} in a stack whose last update failed.`,
        "",
    ].join("\n");
}

/** Which clusters report, and where to look for those that do not. */
export function verifiedText(verified: Verified[]): string {
    return verified
        .flatMap(({ name, seconds, targets, missing, lookAt }) =>
            missing === undefined
                ? [`${name}: ${targets ?? 0} targets report, seen after ${seconds ?? 0} s.`]
                : [`${name}: ${missing}. Look, in this order:`, ...lookAt.map((line, at) => `  ${at + 1}. ${line}`)],
        )
        .concat("")
        .join("\n");
}

/** Until when history stays. */
export function keptText(names: string[], { raw, fiveMinutes, oneHour }: KeptUntil): string {
    const until = (date: Date | null) => (date === null ? "for ever" : `until ${date.toISOString().slice(0, 10)}`);
    return `The history of ${names.join(", ")} can still be read: raw samples ${until(raw)}, 5-minute ones ${until(fiveMinutes)}, 1-hour ones ${until(oneHour)}.\n`;
}

function summary(rows: Row[]): string {
    const customers = rows.filter(({ customer }) => customer);
    const outcomes = [...new Set(customers.map(({ outcome }) => outcome))];
    const counts = outcomes.map((outcome) => `${customers.filter((row) => row.outcome === outcome).length} ${outcome}`);
    const stacks = rows
        .filter((row) => !row.customer && failed(row))
        .map(({ name, stack }) => `the ${name} of ${stack}`);
    return [
        `${customers.length} ${customers.length === 1 ? "customer" : "customers"}: ${counts.join(", ") || "nothing to do"}.`,
        ...(stacks.length === 0 ? [] : [`Failed besides: ${stacks.join(", ")}.`]),
        ...(rows.some(failed) ? ["Run it again when the cause is gone: what is done stays done."] : []),
    ].join(" ");
}

function folded(rows: Row[]): Row[] {
    const still = (row: Row) => row.customer && row.outcome === "unchanged";
    return rows.flatMap((row) => {
        if (!still(row)) {
            return [row];
        }
        const others = rows.filter((other) => still(other) && other.stack === row.stack);
        const name = others.length > 3 ? `${others.length} customers` : others.map((other) => other.name).join(", ");
        return others[0] === row ? [{ ...row, name }] : [];
    });
}

function updateText({ lastUpdate }: ClusterStatus): string {
    return lastUpdate === undefined
        ? "none"
        : `${lastUpdate.kind} ${lastUpdate.result} ${lastUpdate.at.toISOString().slice(0, 16).replace("T", " ")}`;
}

function sampleText({ lastSample, silent }: ClusterStatus): string {
    return lastSample === undefined
        ? ""
        : lastSample === null
          ? "SILENT: none in a day"
          : `${silent ? "SILENT: " : ""}${lastSample.toISOString().slice(0, 19).replace("T", " ")}`;
}
