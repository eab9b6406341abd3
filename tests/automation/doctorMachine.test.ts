import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackSecrets, stateBackend } from "../../automation/doctor/backend";
import { chartSources } from "../../automation/doctor/chartSources";
import { stackConfig } from "../../automation/doctor/configuration";
import { cloudCredentials } from "../../automation/doctor/credentials";
import { nodeProgram, oldestPulumi, providerPlugins, pulumiProgram } from "../../automation/doctor/machine";
import { agentEndpoint, dnsRecords, receiveEndpoint } from "../../automation/doctor/network";
import { Pulumi } from "../../automation/doctor/pulumi";
import type { Surroundings } from "../../automation/doctor/surroundings";
import { programDirectory } from "../../automation/stackFile";
import { charts } from "../../charts/coordinates";
import { ConfigError, type Problem } from "../../config/problems";
import { createAuthority, issue } from "../../local/certificates";
import { authorityTerms, serverTerms } from "../../platform/certificates";
import { expectFinding, expectOk, failed, look, printed, subject, surroundings } from "./doctorSurroundings";

const aws = {
    provider: "aws",
    bucket: "example-metrics",
    region: "eu-central-1",
    identity: {
        kind: "irsa",
        oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
    },
};
const azure = {
    provider: "azure",
    account: "examplemetrics",
    resourceGroup: "observability",
    location: "westeurope",
    identity: { kind: "accountKey" },
};
const ingress = (changes: object) => ({ privateZone: "dev.internal", ...changes });

describe("pulumi", () => {
    const check = (changes: Parameters<typeof surroundings>[0]) =>
        pulumiProgram(new Pulumi(surroundings(changes), "dev"));

    it("is content with a new one, and takes it before npm's", async () => {
        const onPath = () => ["/repo/node_modules/.bin/pulumi", "/usr/bin/pulumi"];
        await expectOk(check({ onPath }));
        expect((await look(check({ onPath }))).lookedAt).toBe("/usr/bin/pulumi");
    });

    it("finds that there is none", async () => {
        await expectFinding(check({ onPath: () => [] }), "problem", "no pulumi on PATH", "get.pulumi.com");
    });

    it("finds an old one, and one that lags", async () => {
        const version = (text: string) => check({ answers: { version: printed(text) } });
        await expectFinding(version("v3.219.0"), "problem", "older than 3.220", "get.pulumi.com");
        await expectFinding(version("v2.300.0"), "problem", "older than 3.220", "get.pulumi.com");
        await expectFinding(version("v3.230.1"), "warning", "older than the SDK", "get.pulumi.com");
    });

    it("finds one that does not run, such as npm's without a network", async () => {
        await expectFinding(
            check({ answers: { version: failed("pulumi: getaddrinfo ENOTFOUND") } }),
            "problem",
            "getaddrinfo ENOTFOUND",
            "get.pulumi.com",
        );
    });

    it("asks for what the program asks for", () => {
        const program = readFileSync(join(programDirectory, "index.ts"), "utf8");
        expect(program).toContain(`requirePulumiVersion(">=${oldestPulumi.join(".")}.0")`);
    });
});

test.each([
    ["18.20.1", "problem", "older than 20"],
    ["20.11.0", "warning", "its end of life"],
] as const)("Node %s is a %s: %s", async (nodeVersion, level, text) => {
    await expectFinding(nodeProgram(surroundings({ nodeVersion })), level, text, "nvm install 22");
});

test("Node 22 is well", async () => {
    await expectOk(nodeProgram(surroundings()));
});

describe("provider plugins", () => {
    const none = { "plugin ls": printed([]) };

    it("are content with those installed, or with those on PATH", async () => {
        await expectOk(providerPlugins(subject()));
        const onPath = (program: string) => [`/usr/bin/${program}`];
        await expectOk(providerPlugins(subject(surroundings({ answers: none, onPath }))));
    });

    it("asks for those of the clouds in use alone", async () => {
        const lookedAt = async (storage: object) =>
            (await look(providerPlugins(subject(undefined, { storage })))).lookedAt;
        expect(await lookedAt({ provider: "filesystem" })).not.toMatch(/aws|azure/);
        expect(await lookedAt(aws)).toMatch(/^aws /);
        expect(await lookedAt(azure)).toMatch(/^azure-native /);
    });

    it("finds missing ones: a problem only where `up` may not download", async () => {
        const check = (variables: Record<string, string>) =>
            providerPlugins(subject(surroundings({ answers: none, variables })));
        await expectFinding(check({}), "warning", "kubernetes", "pulumi install");
        const forbidden = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
        await expectFinding(check(forbidden), "problem", "may not download", "pulumi install");
    });

    it("finds one of another version", async () => {
        const answers = { "plugin ls": printed([{ name: "kubernetes", kind: "resource", version: "4.0.0" }]) };
        await expectFinding(
            providerPlugins(subject(surroundings({ answers }))),
            "warning",
            "kubernetes",
            "pulumi install",
        );
    });
});

describe("state backend", () => {
    it("is content when somebody is signed in, and shows no password of its URL", async () => {
        await expectOk(stateBackend(subject()));
        const answers = { whoami: printed({ user: "me", url: "postgres://me:canary@db/pulumi" }) };
        const { lookedAt } = await look(stateBackend(subject(surroundings({ answers }))));
        expect(lookedAt).toBe("postgres://db/pulumi");
    });

    it("finds that nobody is", async () => {
        const answers = { whoami: failed("error: PULUMI_ACCESS_TOKEN must be set for login") };
        await expectFinding(stateBackend(subject(surroundings({ answers }))), "problem", "must be set", "pulumi login");
    });
});

describe("stack secrets", () => {
    const salted = { encryption: { salt: true }, encrypted: new Set(["fleet-observability:storage"]) };
    const readable = { "config get fleet-observability:storage": printed({ objectValue: {} }) };

    it("have nothing to say without encryption", async () => {
        await expectFinding(stackSecrets(subject()), "skipped", "nothing in it is encrypted");
    });

    it("are content with a passphrase that decrypts, an empty one too, or a file of it", async () => {
        const check = (variables: Record<string, string>) =>
            stackSecrets(
                subject(surroundings({ variables, answers: readable, exists: (path) => path === "/pass" }), {}, salted),
            );
        await expectOk(check({ PULUMI_CONFIG_PASSPHRASE: "canary" }));
        await expectOk(check({ PULUMI_CONFIG_PASSPHRASE: "" }));
        await expectOk(check({ PULUMI_CONFIG_PASSPHRASE_FILE: "/pass" }));
    });

    it("finds that none is set, and a file that is not there", async () => {
        const check = (variables: Record<string, string>) =>
            stackSecrets(subject(surroundings({ variables }), {}, salted));
        await expectFinding(check({}), "problem", "none is set", "export PULUMI_CONFIG_PASSPHRASE_FILE");
        const missing = { PULUMI_CONFIG_PASSPHRASE_FILE: "/pass" };
        await expectFinding(check(missing), "problem", "not there", "export PULUMI_CONFIG_PASSPHRASE_FILE");
    });

    it("finds a wrong passphrase", async () => {
        const answers = { "config get": failed("error: incorrect passphrase") };
        const variables = { PULUMI_CONFIG_PASSPHRASE: "canary" };
        const check = stackSecrets(subject(surroundings({ answers, variables }), {}, salted));
        await expect(look(check)).rejects.toMatchObject({
            message: "incorrect passphrase",
            fix: "pulumi config --stack dev",
        });
    });

    it("asks a provider of keys for them without a passphrase", async () => {
        const file = { ...salted, encryption: { salt: false, provider: "awskms://alias/pulumi" } };
        await expectOk(stackSecrets(subject(surroundings({ answers: readable }), {}, file)));
    });
});

describe("cloud credentials", () => {
    const check = (storage: object, changes: Partial<Surroundings> = {}, dns: object = {}) => {
        const noMetadata = () => Promise.reject(new Error("no route"));
        const around = surroundings({ fetch: noMetadata, ...changes });
        return cloudCredentials(subject(around, { storage, ingress: ingress({ dns: { provider: "none", ...dns } }) }));
    };

    it("are not needed for a store whose keys are in the config", async () => {
        await expectFinding(check({ provider: "filesystem" }), "skipped", "filesystem");
    });

    it("finds that there are none", async () => {
        await expectFinding(check(aws), "problem", "AWS", "AWS_PROFILE");
        await expectFinding(check(azure), "problem", "Azure", "az login");
        const dns = { provider: "route53", zoneId: "Z0123456789EXAMPLE" };
        await expectFinding(check({ provider: "filesystem" }, {}, dns), "problem", "AWS", "AWS_PROFILE");
        // Half of a pair is none.
        await expectFinding(check(aws, { variables: { AWS_ACCESS_KEY_ID: "id" } }), "problem", "AWS", "AWS_PROFILE");
    });

    it.each<[string, object, Partial<Surroundings>]>([
        ["a key", aws, { variables: { AWS_ACCESS_KEY_ID: "canary", AWS_SECRET_ACCESS_KEY: "canary" } }],
        ["a web identity", aws, { variables: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t", AWS_ROLE_ARN: "arn" } }],
        ["a credentials file", aws, { exists: (path) => path === "/home/somebody/.aws/credentials" }],
        ["an instance's role", aws, { fetch: () => Promise.resolve({ status: 401 }) }],
        [
            "a service principal",
            azure,
            { variables: { ARM_CLIENT_ID: "i", ARM_TENANT_ID: "t", ARM_CLIENT_SECRET: "canary" } },
        ],
        ["az login", azure, { exists: (path) => path === "/home/somebody/.azure/azureProfile.json" }],
    ])("is content with %s, and prints no value", async (_, storage, changes) => {
        await expectOk(check(storage, changes));
        expect(JSON.stringify(await look(check(storage, changes)))).not.toContain("canary");
    });
});

describe("config", () => {
    it("is content with a complete one", async () => {
        await expectOk(stackConfig(subject().written, { warnings: [] }));
    });

    it("finds missing secrets, warnings and every problem, each with its command", async () => {
        const { written } = subject();
        const missing = {
            ...written,
            secretsToSet: [{ key: "fleet-observability:storage.accessKey", command: "pulumi config set --secret" }],
        };
        await expectFinding(
            stackConfig(missing, { warnings: [] }),
            "problem",
            "storage.accessKey is a secret that is not set",
            "pulumi config set --secret",
        );
        await expectFinding(
            stackConfig(written, { warnings: ["alerts reach nobody"] }),
            "warning",
            "alerts reach nobody",
        );
        const wrong: Problem = {
            path: ["observer", "nmae"],
            problem: "is not a key that exists",
            allowed: "name",
            paste: "pulumi config rm --path 'fleet-observability:observer.nmae'",
        };
        await expectFinding(
            stackConfig(written, new ConfigError("dev", [wrong])),
            "problem",
            "fleet-observability:observer.nmae is not a key that exists; allowed: name",
            "pulumi config rm --stack dev --path 'fleet-observability:observer.nmae'",
        );
    });
});

describe("charts", () => {
    const from = (mirror: object, changes: Partial<Surroundings> = {}, sections: Record<string, unknown> = {}) => {
        const around = subject(surroundings(changes), sections);
        return chartSources({ ...around, settings: { ...around.settings, mirror: { runbookBase: "", ...mirror } } });
    };

    it("is content when registries and repositories answer, a registry with 401 too", async () => {
        const asked: string[] = [];
        const fetch = (url: string, method: string) => {
            asked.push(`${method} ${url}`);
            return Promise.resolve({ status: url.endsWith("/v2/") ? 401 : 200 });
        };
        await expectOk(from({}, { fetch }));
        await expectOk(from({ chartRepository: "https://charts.example.org/all/" }, { fetch }));
        await expectOk(from({ chartRepository: "oci://registry.example.org/charts" }, { fetch }));
        expect(asked).toEqual([
            "GET https://ghcr.io/v2/",
            "HEAD https://charts.example.org/all/index.yaml",
            "GET https://registry.example.org/v2/",
        ]);
    });

    it("finds a repository that does not answer, and shows no password", async () => {
        const fetch = () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }));
        await expectFinding(from({}, { fetch }), "problem", "connection refused", "helm pull oci://ghcr.io");
        const withPassword = from({ chartRepository: "https://me:canary@charts.example.org" }, { fetch });
        await expectFinding(withPassword, "problem", "https://charts.example.org/index.yaml", "mirror.chartDirectory");
        expect(JSON.stringify(await look(withPassword))).not.toContain("canary");
    });

    it("finds one that answers something else", async () => {
        const fetch = () => Promise.resolve({ status: 404 });
        await expectFinding(
            from({ chartRepository: "https://a.example.org" }, { fetch }),
            "problem",
            "404",
            "helm pull",
        );
    });

    it("is content with a directory that has all", async () => {
        const directory = mkdtempSync(join(tmpdir(), "charts-"));
        for (const { name, version } of charts) {
            mkdirSync(join(directory, name));
            writeFileSync(join(directory, name, "Chart.yaml"), `name: ${name}\nversion: ${version}\n`);
        }
        await expectOk(from({ chartDirectory: directory }));
        rmSync(directory, { recursive: true });
    });

    it("finds what a directory lacks", async () => {
        const { findings } = await look(from({ chartDirectory: __dirname }));
        expect(findings).toHaveLength(4);
        expect(findings[0]).toMatchObject({
            level: "problem",
            fix: expect.stringContaining("helm pull oci://") as string,
        });
    });

    it("asks for the charts of logs only where logs are kept", async () => {
        const { findings } = await look(from({ chartDirectory: __dirname }, {}, { logs: { enabled: true } }));
        expect(findings.map(({ fix }) => /charts\/([\w-]+) --version/.exec(fix ?? "")?.[1])).toEqual(
            expect.arrayContaining(["loki", "alloy"]),
        );
        expect(findings).toHaveLength(6);
    });
});

describe("DNS", () => {
    const made = { ingress: ingress({ kind: "ingress", address: "10.0.0.1", dns: { provider: "externalDns" } }) };

    it("is content when all hosts resolve", async () => {
        const asked: string[] = [];
        const resolve = (host: string) => {
            asked.push(host);
            return Promise.resolve(["10.0.0.1"]);
        };
        await expectOk(dnsRecords(subject(surroundings({ resolve }), made)));
        expect(asked).toContain("grafana.dev.internal");
        expect(asked).toContain("receive.dev.internal");
    });

    it("finds a host that does not", async () => {
        const resolve = (host: string) =>
            host.startsWith("receive")
                ? Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" }))
                : Promise.resolve(["10.0.0.1"]);
        const check = dnsRecords(subject(surroundings({ resolve }), made));
        await expectFinding(
            check,
            "problem",
            "receive.dev.internal does not resolve",
            "dig +short receive.dev.internal",
        );
    });

    it("says nothing where nobody makes records, or before the first `up`", async () => {
        await expectFinding(dnsRecords(subject()), "skipped", "ingress.dns.provider is none");
        const answers = { "stack output": failed("error: no stack named 'dev' found") };
        await expectFinding(
            dnsRecords(subject(surroundings({ answers }), made)),
            "skipped",
            "no stack named 'dev' found: there may be no records yet",
        );
    });
});

describe("receive endpoint", () => {
    const certificate = async (host: string, days: number) => {
        const terms = { ...serverTerms([host]), validityHours: days * 24 };
        return (await issue(terms, await createAuthority(authorityTerms("dev")))).certificate;
    };
    const check = (handshake: Surroundings["handshake"], answers = {}) =>
        receiveEndpoint(subject(surroundings({ handshake, answers, now: () => Date.now() })));

    it("is where agents write to", () => {
        expect(agentEndpoint(subject().settings)).toEqual({ host: "172.18.0.2", port: 30443 });
        const dns = { ingress: ingress({ dns: { provider: "externalDns" }, receive: { address: "10.0.0.1" } }) };
        expect(agentEndpoint(subject(undefined, dns).settings)).toEqual({ host: "receive.dev.internal", port: 443 });
    });

    it("is content with a certificate for its host", async () => {
        const pem = await certificate("172.18.0.2", 365);
        await expectOk(check(() => Promise.resolve(pem)));
    });

    it("finds that nobody answers, a wrong name, and an expiry", async () => {
        const refused = () => Promise.reject(Object.assign(new Error(), { code: "ECONNREFUSED" }));
        await expectFinding(
            check(refused),
            "problem",
            "connection refused",
            "openssl s_client -connect 172.18.0.2:30443",
        );
        const other = await certificate("10.9.9.9", 365);
        await expectFinding(
            check(() => Promise.resolve(other)),
            "problem",
            "not for 172.18.0.2",
            "npm run fleet -- up dev",
        );
        const ending = await certificate("172.18.0.2", 10);
        await expectFinding(
            check(() => Promise.resolve(ending)),
            "warning",
            "in 9 days",
            "npm run fleet -- up dev",
        );
    });

    it("says nothing before the first `up`", async () => {
        const answers = { "stack output": printed({}) };
        await expectFinding(
            check(() => Promise.reject(new Error()), answers),
            "skipped",
            "`up` has made nothing yet",
        );
    });
});
