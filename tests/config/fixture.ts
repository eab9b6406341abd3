import type { RawConfig } from "../../config/load";
import { ConfigError, type Problem } from "../../config/problems";

/** A config that is right, for tests to spoil in one place. */
export function rightConfig(): Record<string, unknown> {
    return {
        environment: "test",
        observer: { context: "observer", size: "medium" },
        storage: {
            provider: "s3",
            endpoint: "s3.example.org",
            bucket: "fleet",
            accessKey: "canary-access",
            secretKey: "canary-secret",
        },
        ingress: { privateZone: "example.org" },
        alerting: {
            receivers: { oncall: { kind: "pagerduty", routingKey: "canary-routing" } },
            defaultReceiver: "oncall",
            deadMansSwitch: { url: "canary-heartbeat" },
        },
        customers: [
            { name: "acme-1", tenant: "acme", context: "acme-1" },
            { name: "globex-1", kubeconfig: "canary-kubeconfig" },
        ],
    };
}

/** A right `auth.oidc`, in which one group is let in. */
export const rightOidc = {
    authorizationUrl: "https://login.example.org/auth",
    tokenUrl: "https://login.example.org/token",
    clientId: "grafana",
    clientSecret: "canary-client",
    groups: { "platform-team": "Admin" },
};

/** The config as the loader takes it. */
export function raw(values: Record<string, unknown>, encrypted: string[] = Object.keys(values)): RawConfig {
    return { stack: "test", values, encrypted: new Set(encrypted) };
}

/** What a loader finds wrong with a config. */
export function problemsFoundBy(read: (config: RawConfig) => unknown, values: Record<string, unknown>): Problem[] {
    try {
        read(raw(values));
    } catch (error) {
        if (error instanceof ConfigError) {
            return error.problems;
        }
        throw error;
    }
    return [];
}

/** The config with one value set, or removed where `value` is undefined. */
export function spoiled(path: (string | number)[], value: unknown): Record<string, unknown> {
    const config = rightConfig();
    let place: Record<string | number, unknown> = config;
    for (const step of path.slice(0, -1)) {
        place[step] ??= {};
        place = place[step] as Record<string | number, unknown>;
    }
    const last = path.at(-1) ?? "";
    if (value === undefined) {
        delete place[last];
    } else {
        place[last] = value;
    }
    return config;
}
