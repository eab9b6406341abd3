import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { findPrograms, type Program } from "../../local/programs";
import { alertmanagerConfig } from "../../platform/alertmanager";
import { routed, routing } from "../platform/alertRoutes";
import { freePort } from "./freePort";
import { eventually } from "./runningFleet";

type Labels = Record<string, string>;

let programs: Record<"amtool" | "alertmanager", Program>;
let directory = "";
let file = "";

beforeAll(async () => {
    programs = await findPrograms(["amtool", "alertmanager"], { report: () => undefined });
    directory = mkdtempSync(join(tmpdir(), "routes-"));
    file = join(directory, "alertmanager.yml");
    writeFileSync(file, stringify(alertmanagerConfig(routing, directory)));
}, 40 * 60_000);

afterAll(() => rmSync(directory, { recursive: true }));

function amtool(...args: string[]): string {
    return execFileSync(programs.amtool.path, args, { encoding: "utf8" });
}

test("amtool takes the configuration", () => {
    expect(amtool("check-config", file)).toContain("SUCCESS");
});

test.each(routed)("%s", (_, labels, receivers) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    expect(amtool("config", "routes", "test", `--config.file=${file}`, ...pairs).trim()).toBe(receivers.join(","));
});

describe("a message", () => {
    const labels = {
        alertname: "VolumeFull",
        cluster: "acme-1",
        tenant: "acme",
        severity: "page",
        application: "portal",
    };
    const annotations = {
        summary: "Volumes of portal on acme-1 fill up",
        description: "Volume data-db-0 is 97% full.",
        action: "Make it larger.",
        runbook_url: "https://runbooks.example.org/VolumeFull.md",
    };
    const group = (status: "firing" | "resolved", alerts = [{ status, labels, annotations }]) => ({
        status,
        receiver: "any",
        groupLabels: {},
        commonLabels: labels,
        commonAnnotations: annotations,
        externalURL: "https://alertmanager.example.org",
        alerts,
    });

    /** Every text of a receiver, as Alertmanager would write it. */
    function written(receiver: Record<string, unknown>, data: object): string {
        const dataFile = join(directory, "data.json");
        writeFileSync(dataFile, JSON.stringify(data));
        return templates(receiver)
            .map(({ text, html }) =>
                amtool(
                    "template",
                    "render",
                    `--template.glob=${join(directory, "*.tmpl")}`,
                    `--template.text=${text}`,
                    `--template.type=${html ? "html" : "text"}`,
                    `--template.data=${dataFile}`,
                ),
            )
            .join("\n");
    }

    function templates(value: unknown, key = ""): { text: string; html: boolean }[] {
        return typeof value === "string"
            ? value.includes("{{")
                ? [{ text: value, html: key === "html" }]
                : []
            : typeof value === "object" && value !== null
              ? Object.entries(value).flatMap(([name, inner]) => templates(inner, name))
              : [];
    }

    const receivers = alertmanagerConfig(routing, "/secrets").receivers.filter(
        (receiver) => templates(receiver).length > 0,
    );

    beforeAll(() => writeFileSync(join(directory, "none.tmpl"), ""));

    test.each(receivers)("of $name says what, where, whose, how bad, and what to do", (receiver) => {
        const text = written(receiver, group("firing"));
        expect(text).toContain("[FIRING] VolumeFull acme-1 (acme)");
        for (const part of [...Object.values(labels), ...Object.values(annotations)]) {
            expect(text).toContain(part);
        }
        expect(text).not.toContain("<no value>");
        expect(text).not.toContain("Resolved");
    });

    test.each(receivers)("of $name says that it is over", (receiver) => {
        const text = written(receiver, group("resolved"));
        expect(text).toContain("[RESOLVED] VolumeFull acme-1 (acme)");
        expect(text).toContain(`Resolved: ${annotations.summary}`);
        expect(text).not.toContain(annotations.action);
    });

    test("is short, however many alerts it is about", () => {
        const many = Array.from({ length: 300 }, () => ({ status: "firing" as const, labels, annotations }));
        const text = written({ text: textOf("chat") }, group("firing", many));
        expect(text.split(annotations.summary).length - 1).toBe(10);
        expect(text).toContain("These are 10 of 300.");
    });

    test("lacks nothing where an upstream rule says less", () => {
        const bare = { alertname: "TargetDown", cluster: "observer", severity: "warning" };
        const alert = { status: "firing" as const, labels: bare, annotations: { description: "Some are down." } };
        const data = { ...group("firing"), commonLabels: bare, commonAnnotations: {}, alerts: [alert] };
        expect(written({ text: textOf("chat") }, data)).toBe(
            "TargetDown\nSeverity warning, cluster observer\nSome are down.\n\n",
        );
    });

    test.each([
        ["page", "critical", "P1"],
        ["critical", "critical", "P1"],
        ["ticket", "warning", "P3"],
        ["warning", "warning", "P3"],
        ["info", "info", "P5"],
        // Where a group has several severities, they have none in common.
        ["", "critical", "P1"],
    ])("of severity %s is %s to PagerDuty and %s to Opsgenie", (severity, pagerduty, opsgenie) => {
        const data = { ...group("firing"), commonLabels: { ...labels, severity } };
        const { severity: word } = kindOf("oncall", "pagerduty_configs");
        const { priority } = kindOf("acme-oncall", "opsgenie_configs");
        expect(written({ word }, data).trim()).toBe(pagerduty);
        expect(written({ priority }, data).trim()).toBe(opsgenie);
    });

    function kindOf(name: string, kind: string): Record<string, unknown> {
        const receiver = receivers.find((each) => each.name === name) as unknown as Record<string, object[]>;
        return receiver[kind]?.[0] as Record<string, unknown>;
    }

    function textOf(name: string): unknown {
        return kindOf(name, "slack_configs")["text"];
    }
});

describe("a running Alertmanager mutes", () => {
    let running: ChildProcess;
    let url = "";

    beforeAll(async () => {
        const port = await freePort();
        url = `http://127.0.0.1:${port}`;
        // With receivers that are told nothing: what is muted does not depend on them.
        const { inhibit_rules } = alertmanagerConfig(routing, directory);
        const quiet = join(directory, "quiet.yml");
        writeFileSync(quiet, stringify({ route: { receiver: "none" }, receivers: [{ name: "none" }], inhibit_rules }));
        running = spawn(
            programs.alertmanager.path,
            [
                `--config.file=${quiet}`,
                `--storage.path=${join(directory, "data")}`,
                `--web.listen-address=127.0.0.1:${port}`,
                "--cluster.listen-address=",
            ],
            { stdio: "ignore" },
        );
        await eventually(20, async () => expect((await fetch(`${url}/-/ready`)).ok).toBe(true));
        const alerts = [
            ...new Map(cases.flatMap(([, all]) => all).map((each) => [JSON.stringify(each), each])).values(),
        ];
        await fetch(`${url}/api/v2/alerts`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(alerts.map((each) => ({ labels: each }))),
        });
        await eventually(20, async () => expect(await stateOf(silent("initech-1"))).toBe("suppressed"));
    }, 60_000);

    afterAll(async () => {
        running.kill("SIGTERM");
        await once(running, "exit");
    });

    async function stateOf(labels: Labels): Promise<string | undefined> {
        const answer = await fetch(`${url}/api/v2/alerts`);
        const alerts = (await answer.json()) as { labels: Labels; status: { state: string } }[];
        const same = (other: Labels) =>
            Object.keys(other).length === Object.keys(labels).length &&
            Object.entries(labels).every(([label, value]) => other[label] === value);
        return alerts.find((alert) => same(alert.labels))?.status.state;
    }

    const silent = (cluster: string): Labels => ({
        alertname: "ClusterSilent",
        severity: "page",
        layer: "kaas",
        cluster,
        tenant: cluster.split("-")[0] ?? "",
    });
    const mostSilent: Labels = {
        alertname: "MostClustersSilent",
        severity: "page",
        layer: "platform",
        cluster: "observer",
    };
    const observerSilent: Labels = { ...mostSilent, alertname: "ObserverSilent" };
    const heartbeat: Labels = { alertname: "Watchdog", severity: "info", layer: "platform", cluster: "observer" };
    const ofObserver: Labels = {
        alertname: "RulerFailing",
        severity: "ticket",
        layer: "platform",
        cluster: "observer",
    };
    const volume = (severity: string, cluster: string, persistentvolumeclaim: string): Labels => ({
        alertname: "VolumeFull",
        severity,
        cluster,
        tenant: "globex",
        namespace: "portal",
        persistentvolumeclaim,
    });

    const cases: [what: string, alerts: [asked: Labels, ...others: Labels[]], state: "active" | "suppressed"][] = [
        ["the silence of one cluster, when most are silent", [silent("initech-1"), mostSilent], "suppressed"],
        ["not what says that most are", [mostSilent, silent("initech-1")], "active"],
        [
            "what a silent cluster seems to suffer from, although its silence is muted too",
            [{ alertname: "NodeDown", severity: "page", cluster: "initech-1", tenant: "initech" }, silent("initech-1")],
            "suppressed",
        ],
        [
            "not what another cluster of the tenant suffers from",
            [{ alertname: "NodeDown", severity: "page", cluster: "initech-2", tenant: "initech" }, silent("initech-1")],
            "active",
        ],
        [
            "not what a cluster of that name of another tenant suffers from",
            [{ alertname: "NodeDown", severity: "page", cluster: "initech-1", tenant: "globex" }, silent("initech-1")],
            "active",
        ],
        [
            "nothing of a customer when the observer is silent",
            [volume("page", "globex-1", "a"), observerSilent],
            "active",
        ],
        ["nothing of the observer either", [ofObserver, observerSilent], "active"],
        ["not the heartbeat", [heartbeat, observerSilent], "active"],
        [
            "the ticket about a volume that there is a page about",
            [volume("ticket", "globex-1", "a"), volume("page", "globex-1", "a")],
            "suppressed",
        ],
        ["not the ticket about another volume", [volume("ticket", "globex-1", "b")], "active"],
        ["not the ticket about that volume of another cluster", [volume("ticket", "globex-2", "a")], "active"],
        [
            "upstream's ticket where there is its page",
            [volume("warning", "globex-3", "a"), volume("critical", "globex-3", "a")],
            "suppressed",
        ],
    ];

    test.each(cases)("%s", async (_, [asked], state) => {
        expect(await stateOf(asked)).toBe(state);
    });
});
