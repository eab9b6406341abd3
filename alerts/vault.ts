import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Vault: tokens that run out, and secrets that are not refreshed. */
export function vaultRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    if (monitors.vault === undefined) {
        return [];
    }
    return [
        {
            name: "vault",
            layer: "applications",
            rules: [
                {
                    record: "secret:not_refreshed:max",
                    // Of external-secrets, of ricoberger's vault-secrets-operator and of HashiCorp's. A secret's
                    // namespace is exported_namespace where the ServiceMonitor honours no labels.
                    expr: [
                        "max by (cluster, tenant, namespace, name) (",
                        "  label_replace(",
                        '    externalsecret_status_condition{condition="Ready",status="False"}',
                        "    or vaultsecrets_reconciliation_status == bool 0",
                        '    or controller_resource_status{controller=~"(vault|hcp).+"} == bool 0,',
                        '    "namespace", "$1", "exported_namespace", "(.+)"',
                        "  )",
                        ")",
                    ].join("\n"),
                },
                {
                    alert: "VaultTokenExpiring",
                    expr: [
                        "(min by (cluster, tenant, path) (cert_exporter_token_not_after) - time()) / 86400",
                        `< ${monitors.vault.tokenDays}`,
                    ].join("\n"),
                    for: "15m",
                    severity: "ticket",
                    summary: "A Vault token of cluster {{ $labels.cluster }} runs out",
                    description:
                        'The token in {{ $labels.path }} has {{ $value | printf "%.1f" }} days left. A negative ' +
                        "number says that it has run out, or that Vault does not know it.",
                },
                {
                    alert: "SecretNotRefreshed",
                    expr: "secret:not_refreshed:max == 1",
                    for: "15m",
                    severity: "ticket",
                    summary: "Secrets of cluster {{ $labels.cluster }} are not refreshed",
                    description:
                        "Secret {{ $labels.namespace }}/{{ $labels.name }} could not be read from its store for a " +
                        "quarter of an hour: whoever uses it has what was read last.",
                },
            ],
        },
    ];
}
