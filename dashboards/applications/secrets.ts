import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Days, Short } from "@grafana/grafana-foundation-sdk/units";
import type { VaultMonitor } from "../../platform/monitors";
import { badAbove, badBelow, table } from "../panels";
import { chosen } from "../variables";
import { chart, clustersBoard, headline } from "./board";

const secrets = `secret:not_refreshed:max{${chosen}}`;
const daysLeft = (by: string) => `(min by (${by}) (cert_exporter_token_not_after{${chosen}}) - time()) / 86400`;
const noToken = "No cert-exporter reads a Vault token";

/** Whether secrets are refreshed from Vault, and how long the tokens live to read them with. */
export function secretsAndTokens({ tokenDays }: VaultMonitor): DashboardBuilder {
    return clustersBoard({
        title: "Secrets and tokens",
        uid: "secrets",
        description: "Whether operators can refresh secrets from their stores, and how long Vault tokens still live.",
    })
        .withPanel(
            headline("Secrets", "Secrets that an operator reads from a store.", `count(${secrets})`, {
                unit: Short,
                span: 8,
            }),
        )
        .withPanel(
            headline(
                "Not refreshed",
                "Secrets that an operator cannot read. Their Kubernetes Secret has what was read last.",
                `sum(${secrets})`,
                { unit: Short, span: 8, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "First token to run out",
                "How long the Vault token lives that runs out first.",
                `min(${daysLeft("tenant, cluster, path")})`,
                { unit: Days, span: 8, decimals: 1, noValue: noToken, thresholds: badBelow(3, tokenDays) },
            ),
        )
        .withPanel(
            table({
                title: "Secrets that are not refreshed",
                description: "Secrets that an operator cannot read from their store.",
                unit: Short,
                span: 12,
                height: 8,
                noValue: "Every secret is refreshed",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "Secret", from: { label: "name" } },
                    {
                        title: "Not refreshed",
                        hidden: true,
                        from: { expr: `max by (tenant, cluster, namespace, name) (${secrets}) == 1` },
                    },
                ],
            }),
        )
        .withPanel(
            table({
                title: "Vault tokens",
                description: "How long each Vault token still lives, where cert-exporter reads it.",
                unit: Days,
                span: 12,
                height: 8,
                noValue: noToken,
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Token", from: { label: "path" } },
                    {
                        title: "Lives",
                        from: { expr: daysLeft("tenant, cluster, path") },
                        unit: Days,
                        decimals: 1,
                        thresholds: badBelow(3, tokenDays),
                    },
                ],
            }),
        )
        .withPanel(
            chart(
                "Failed reads",
                "Failed reads from stores each hour, as external-secrets counts them.",
                [
                    {
                        expr: `3600 * sum by (tenant, cluster) (rate(externalsecret_sync_calls_error{${chosen}}[$__rate_interval]))`,
                        legend: "{{cluster}}",
                    },
                ],
                { unit: Short, span: 24, noValue: "No external-secrets is scraped" },
            ),
        );
}
