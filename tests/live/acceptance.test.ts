import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { findPrograms, type Program } from "../../local/programs";
import { alertmanagerConfig, deadMansSwitchFile, type Receiver } from "../../platform/alertmanager";
import {
    awsS3,
    azure,
    filesystem,
    objstoreYaml,
    s3Compatible,
    swift,
    type ObjectStoreConfig,
} from "../../platform/objstore";

let programs: Record<"amtool" | "thanos", Program>;
let directory = "";

beforeAll(async () => {
    programs = await findPrograms(["amtool", "thanos"], { report: () => undefined });
}, 40 * 60_000);

beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "acceptance-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

const receivers: Record<string, Receiver> = {
    slack: { kind: "slack", channel: "#alerts" },
    bot: { kind: "slackBot", channel: "#alerts" },
    pagerduty: { kind: "pagerduty" },
    opsgenie: { kind: "opsgenie", apiUrl: "https://api.opsgenie.com/" },
    teams: { kind: "teams" },
    email: {
        kind: "email",
        to: "ops@example.org",
        from: "fleet@example.org",
        smarthost: "smtp.example.org:587",
        username: "fleet",
        hasPassword: true,
    },
    "anonymous-email": {
        kind: "email",
        to: "ops@example.org",
        from: "fleet@example.org",
        smarthost: "smtp.example.org:25",
        hasPassword: false,
    },
    webhook: { kind: "webhook" },
};

const businessHours = { timezone: "Europe/Berlin", days: ["monday:friday"], from: "09:00", to: "17:00" };

function amtoolAccepts(config: object): void {
    const file = join(directory, "alertmanager.yml");
    writeFileSync(file, stringify(config));
    const said = execFileSync(programs.amtool.path, ["check-config", file], { encoding: "utf8" });
    expect(said).toContain("SUCCESS");
}

function secrets(names: string[]): string {
    const secretsDirectory = join(directory, "secrets");
    mkdirSync(secretsDirectory);
    for (const name of names) {
        writeFileSync(join(secretsDirectory, name), "https://example.org/not-a-secret");
    }
    return secretsDirectory;
}

describe("Alertmanager takes its configuration", () => {
    test("with every kind of receiver and route", () => {
        const routes = Object.keys(receivers).map((receiver) => ({
            receiver,
            severity: ["page" as const],
            tenant: ["customer-1"],
            cluster: ["cluster-1", "cluster-2"],
            application: ["web.shop (old)"],
            businessHours: true,
        }));
        const at = secrets([...Object.keys(receivers), deadMansSwitchFile]);
        const routing = { receivers, routes, defaultReceiver: "slack", deadMansSwitch: true, businessHours };
        amtoolAccepts(alertmanagerConfig(routing, at));
    });

    test.each(Object.entries(receivers))("with %s alone", (name, receiver) => {
        const routing = {
            receivers: { [name]: receiver },
            routes: [],
            defaultReceiver: name,
            deadMansSwitch: false,
            businessHours,
        };
        amtoolAccepts(alertmanagerConfig(routing, secrets([name])));
    });

    test("with nobody to tell", () => {
        amtoolAccepts(
            alertmanagerConfig({ receivers: {}, routes: [], deadMansSwitch: false, businessHours }, secrets([])),
        );
    });
});

describe("Thanos takes objstore.yml", () => {
    const key = { accessKey: "access", secretKey: "secret" };
    const s3 = {
        bucket: "metrics",
        endpoint: "127.0.0.1:1",
        region: "us-east-1",
        insecure: true,
        lookup: "path" as const,
    };

    const strict: [string, ObjectStoreConfig][] = [
        [
            "azure with a key",
            azure({ account: "account", container: "thanos", endpointSuffix: "blob.core.windows.net" }, "a2V5"),
        ],
        [
            "azure with an identity",
            azure({ account: "account", container: "thanos", endpointSuffix: "blob.core.windows.net", prefix: "prod" }),
        ],
        ["aws with keys", awsS3({ bucket: "metrics", region: "eu-central-1" }, key)],
        [
            "aws with a role and a KMS key",
            awsS3({ bucket: "metrics", region: "eu-central-1", encryptionKeyArn: "arn:aws:kms:x" }),
        ],
        ["s3", s3Compatible(s3, key)],
        ["s3 below a prefix", s3Compatible({ ...s3, prefix: "prod" }, key)],
        [
            "swift",
            swift(
                {
                    authUrl: "http://127.0.0.1:1/v3",
                    region: "one",
                    container: "metrics",
                    applicationCredentialId: "id",
                },
                "secret",
            ),
        ],
    ];

    /** What Thanos says on its standard error when it lists the store's blocks. */
    function listing(store: ObjectStoreConfig): string {
        const file = join(directory, "objstore.yml");
        writeFileSync(file, objstoreYaml(store));
        mkdirSync(join(directory, "bucket"));
        const { stderr } = spawnSync(
            programs.thanos.path,
            ["tools", "bucket", "ls", `--objstore.config-file=${file}`, "--timeout=2s"],
            { cwd: directory, encoding: "utf8", timeout: 60_000 },
        );
        return stderr;
    }

    // All that is unknown is named at once, before anything is asked for credentials or reached. So one wrong key shows
    // that the others are right, and nothing leaves this machine.
    test.each(strict)("%s", (_, store) => {
        const said = listing({ ...store, config: { ...store.config, colour: "blue" } });
        expect([...said.matchAll(/field (\S+) not found/g)].map(([, field]) => field)).toEqual(["colour"]);
    });

    test("filesystem", () => {
        expect(listing(filesystem({ directory: "bucket" }))).not.toContain("level=error");
    });
});
