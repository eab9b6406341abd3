import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { alertRouting } from "../../config/alertRouting";
import { load } from "../../config/load";
import { raw, rightConfig, spoiled } from "./fixture";

const { settings } = load(
    raw({
        ...spoiled(["alerting"], {
            receivers: {
                oncall: { kind: "pagerduty", routingKey: "canary-routing" },
                bot: { kind: "slackBot", channel: "#fleet", botToken: "canary-token" },
                chat: { kind: "slack", channel: "#portal", webhookUrl: "canary-webhook" },
            },
            routes: [{ receiver: "oncall", severity: ["page"], continue: true }],
            defaultReceiver: "bot",
        }),
        monitors: {
            applications: [
                { name: "portal", namespace: "portal", receiver: "bot", channel: "#portal" },
                { name: "shop", namespace: "shop" },
                // Where a webhook writes anyway.
                { name: "wiki", namespace: "wiki", receiver: "chat", channel: "#portal" },
            ],
        },
    }),
);
const { alerting, receiverSecrets } = alertRouting(settings.alerting, settings.monitors.applications);

test("the operator's routes come first, then those of applications that have a team", () => {
    expect(alerting.routes).toEqual([
        { receiver: "oncall", severity: ["page"], businessHours: false, continue: true },
        { receiver: "bot", channel: "#portal", application: ["portal"], businessHours: false },
        { receiver: "chat", channel: "#portal", application: ["wiki"], businessHours: false },
    ]);
});

test("receivers and their secrets are apart", async () => {
    expect(JSON.stringify(alerting)).not.toContain("canary");
    expect(Object.keys(receiverSecrets)).toEqual(["oncall", "bot", "chat"]);
    for (const secret of Object.values(receiverSecrets)) {
        expect(await pulumi.isSecret(secret)).toBe(true);
    }
});

test("the example in docs/alerting.md is one that is accepted, once its secrets are set", () => {
    const text = readFileSync(join(__dirname, "../../docs/alerting.md"), "utf8");
    const [, yaml = ""] = /```yaml\n([^]*?)```/.exec(text) ?? [];
    const example = parse(yaml, (key, value: unknown) => {
        const secrets: Record<string, object> = {
            oncall: { routingKey: "canary" },
            team: { botToken: "canary" },
            decisions: { url: "canary" },
            deadMansSwitch: { url: "canary" },
        };
        return typeof value === "object" && !Array.isArray(value) ? { ...value, ...secrets[String(key)] } : value;
    }) as Record<string, unknown>;
    const sections = Object.entries(example).map(([key, value]) => [key.replace("fleet-observability:", ""), value]);
    const { warnings } = load(raw({ ...rightConfig(), ...(Object.fromEntries(sections) as object) }));
    expect(sections.map(([section]) => section)).toEqual(["alerting", "monitors"]);
    expect(warnings).toEqual([]);
});
