import fc from "fast-check";
import { RE2JS } from "re2js";
import { personalData, redactions, secrets } from "../../platform/redaction";
import { redact } from "./redact";

const nothingElse = { personalData: [], redact: [] };
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Written in parts, so that no scanner of repositories takes a made-up token for a real one. */
const made = {
    github: `ghp_${"a1B2".repeat(9)}`,
    fineGrained: `github_pat_${"A1b2_".repeat(8)}`,
    gitlab: `glpat-${"x1Y2".repeat(5)}`,
    slack: `xoxb-${"123456789012-"}${"abcDEF".repeat(3)}`,
    google: `AIza${"Sy0_-".repeat(7)}`,
    npm: `npm_${"aB3".repeat(12)}`,
    vault: `hvs.${"CAESI".repeat(6)}`,
    pulumi: `pul-${"0123456789".repeat(4)}`,
    stripe: `sk_live_${"4eC39".repeat(5)}`,
    grafana: `glsa_${"aB3".repeat(12)}`,
    aws: `AKIA${"IOSFODNN7EXAMPLE"}`,
    jwt: `eyJhbGciOiJIUzI1NiJ9.${"eyJzdWIiOiIxIn0"}.${"dBjftJeZ4CVP-mB92K27uhbUJU1p1r"}`,
};
const key = base64.repeat(3);
const keyLine = key.slice(7, 71);

/** A line, and what must not be in it any more. */
const lost: [string, string, string][] = [
    ["a bearer token in a header", `GET /api HTTP/1.1 Authorization: Bearer abc.def-123`, "abc.def-123"],
    ["a token of letters only in a header", "Authorization: Bearer abcdefgh", "abcdefgh"],
    ["a header in JSON", `{"authorization":["Bearer abc123"],"host":"x"}`, "abc123"],
    ["basic authentication", "authorization: Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"],
    ["a bearer token in prose", "asked with bearer abcd1234efgh", "abcd1234efgh"],
    ["basic authentication in prose", "proxy wants Basic dXNlcjpodW50ZXIy", "dXNlcjpodW50ZXIy"],
    ["a JWT", `session ${made.jwt} accepted`, made.jwt],
    ["a password in logfmt", "level=info user=jane password=hunter2 ok=true", "hunter2"],
    ["a password with a comma in it", "password=hun,ter2 ok=true", "hun,ter2"],
    ["a passwd with a colon", "passwd: hunter2", "hunter2"],
    ["pwd in a connection string", "Uid=sa;Pwd=hunter2", "hunter2"],
    ["an environment variable", "DB_PASSWORD=hunter2", "hunter2"],
    ["a Go map", "map[user:jane password:hunter2]", "hunter2"],
    ["a quoted value with blanks", 'secret="correct horse battery" user=jane', "correct horse battery"],
    ["a value in single quotes", "client_secret='correct horse' user=jane", "correct horse"],
    ["JSON", '{"user":"jane","password":"hunter2"}', "hunter2"],
    ["JSON with blanks", '{ "apiKey" : "k-123 456" }', "k-123 456"],
    ["JSON with a number", '{"token":123456,"user":"jane"}', "123456"],
    ["JSON with a quote in the value", '{"password":"hun\\"ter2","user":"jane"}', 'hun\\"ter2'],
    ["JSON that was cut off", '{"user":"jane","password":"hunter', "hunter"],
    ["JSON in JSON", '{"log":"{\\"token\\":\\"abc 123\\",\\"user\\":\\"jane\\"}"}', "abc 123"],
    [
        "JSON in JSON with a quote in the value",
        '{"log":"{\\"token\\":\\"abc\\\\\\"123\\",\\"user\\":\\"jane\\"}"}',
        'abc\\\\\\"123',
    ],
    ["JSON in JSON in JSON", '{"a":"{\\"b\\":\\"{\\\\\\"token\\\\\\":\\\\\\"abc123\\\\\\"}\\"}"}', "abc123"],
    ["a quoted message", 'msg="login with \\"password\\":\\"hunter2\\" failed"', "hunter2"],
    ["a flag", "exec: mysqldump --password hunter2 portal", "hunter2"],
    ["a flag with an equals sign", "exec: mysqldump --password=hunter2 portal", "hunter2"],
    ["a query", "GET /?access_token=abc123&page=2", "abc123"],
    ["a password in a URL", "dial postgres://jane:hunter2@db.example.org:5432/portal", "hunter2"],
    ["a password with an at sign in a URL", "dial postgres://jane:hun@ter2@db:5432/portal", "hun@ter2"],
    ["a password without a user in a URL", "redis://:hunter2@redis:6379/0", "hunter2"],
    ["a token for a user in a URL", "clone https://abcdefghij0123456789@git.example.org/a.git", "abcdefghij0123456789"],
    ["an AWS access key", `using ${made.aws} in eu-west-1`, made.aws],
    ["an AWS secret key", `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`, "wJalrXUtnFEMI"],
    ["a presigned URL", "GET /b/o?X-Amz-Date=1&X-Amz-Signature=0a1b2c&x=1", "0a1b2c"],
    ["an Azure storage key", "AccountName=a;AccountKey=c2VjcmV0+/==;EndpointSuffix=core.windows.net", "c2VjcmV0+/=="],
    ["an Azure SAS", "PUT /c/b?sv=2024-11-04&sig=abc%2Bdef%3D&se=2026", "abc%2Bdef%3D"],
    ["an Azure SAS as a connection string", "SharedAccessSignature=sv=1&sig=abcdef", "abcdef"],
    ["a webhook of Slack", "POST https://hooks.slack.com/services/T000/B000/XXXX", "T000/B000/XXXX"],
    ["a cookie", "Cookie: session=abc123; theme=dark", "abc123"],
    ["a cookie that is set", '{"Set-Cookie":["session=abc123; Path=/"],"status":200}', "abc123"],
    [
        "a private key in one line",
        `-----BEGIN RSA PRIVATE KEY-----\\n${keyLine}\\n-----END RSA PRIVATE KEY-----`,
        keyLine,
    ],
    ["a private key that was cut off", `key: -----BEGIN PRIVATE KEY-----\\n${keyLine}`, keyLine],
    ["a line of a private key", keyLine, keyLine],
    ["an indented line of a private key", `    ${keyLine}`, keyLine],
    ...Object.entries(made).flatMap(([kind, token]): [string, string, string][] => [
        [`a ${kind} token in prose`, `fetched with ${token}, twice`, token],
        [`a ${kind} token after an escaped line break`, `{"log":"a\\n${token}\\n"}`, token],
    ]),
];

/** Lines that lose exactly the secret. */
const exactly: [string, string][] = [
    ["user=jane password=hunter2 ok=true", "user=jane password=<redacted:secret> ok=true"],
    ['{"user":"jane","password":"hunter2","ok":true}', '{"user":"jane","password":"<redacted:secret>","ok":true}'],
    ["dial postgres://jane:hunter2@db:5432/portal", "dial postgres://jane:<redacted:url-password>@db:5432/portal"],
    ["Authorization: Bearer abc123", "Authorization: Bearer <redacted:authorization>"],
    ["GET /?access_token=abc123&page=2", "GET /?access_token=<redacted:secret>&page=2"],
    [
        '{"log":"{\\"token\\":\\"a 1\\",\\"user\\":\\"jane\\"}"}',
        '{"log":"{\\"token\\":\\"<redacted:secret>\\",\\"user\\":\\"jane\\"}"}',
    ],
    [`pushed with ${made.github}.`, "pushed with <redacted:token>."],
    ["AccountKey=c2Vj==;EndpointSuffix=x", "AccountKey=<redacted:azure-key>;EndpointSuffix=x"],
];

const innocent = [
    "",
    "commit 4f1c9a7e2b6d8035c1e7f9a2b4d6e8f0a1c3e5d7 by ci",
    "4f1c9a7e2b6d8035c1e7f9a2b4d6e8f0a1c3e5d7",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  fleet.tar.gz",
    "request 0b9d1f3e-7a52-4c1e-9a55-3a0b5b1f0c11 took 12ms",
    "Pulled registry.example.org:5000/portal@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    'http_requests_total{method="post",code="200"} 1027 1395066363000',
    "process_cpu_seconds_total 4.20072246e+06",
    "\tat org.example.portal.session.TokenFilter.doFilterInternal(TokenFilter.java:42)",
    "panic: runtime error: index out of range [3] with length 3",
    "main.(*server).handlePassword(0xc0000b4000, {0x1, 0x2})",
    '  File "/usr/lib/python3/site-packages/token_store.py", line 12, in secrets',
    'level=info msg="token refreshed" tokens=12 max_tokens=4096 token_count=7',
    'kubelet MountVolume.SetUp failed for volume "kube-api-access-x7k2p"',
    "secretName: portal-tls",
    "basic authentication failed for jane",
    "bearer authentication is required",
    '10.1.2.3 - - [10/Oct/2026:13:55:36 +0000] "GET /index.html?page=2 HTTP/1.1" 200 2326',
    "https://registry.example.org:5000/v2/portal/blobs/uploads/",
    "-----BEGIN CERTIFICATE-----",
    "2026-10-10T13:55:36.123456789Z stdout F started in 3.2 s",
    "/var/lib/kubelet/pods/0b9d1f3e-7a52-4c1e-9a55-3a0b5b1f0c11/volumes",
    'name=web-7d4b9c kind=ReplicaSet reason=SuccessfulCreate type=Normal msg="Created pod: web-7d4b9c-x2x4z" ',
];

const all = redactions({
    personalData: ["emails", "addresses"],
    redact: [{ name: "patient", expression: "patient=(\\d+)" }],
});

describe("what is always taken out", () => {
    const kept = redactions(nothingElse);

    test.each(lost)("%s", (_, line, secret) => {
        expect(line).toContain(secret);
        expect(redact(kept, line)).not.toContain(secret);
    });

    test.each(exactly)("is exactly the secret: %s", (line, expected) => {
        expect(redact(kept, line)).toBe(expected);
    });

    test.each(innocent)("is nothing of: %s", (line) => {
        expect(redact(kept, line)).toBe(line);
    });

    test("is never a random secret, whatever stands around it", () => {
        const alphabet = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
        const token = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 20, maxLength: 60 });
        const template = fc.constantFrom<(secret: string) => string>(
            (secret) => `Authorization: Bearer ${secret}`,
            (secret) => `{"headers":{"Authorization":"Basic ${secret}"}}`,
            (secret) => `password=${secret}`,
            (secret) => `{"password":"${secret}"}`,
            (secret) => JSON.stringify({ log: JSON.stringify({ token: secret }) }),
            (secret) => JSON.stringify({ log: JSON.stringify({ log: JSON.stringify({ api_key: secret }) }) }),
            (secret) => `https://jane:${secret}@example.org/`,
            (secret) => `hvs.${secret}`,
            (secret) => `ghs_${secret}`,
            (secret) => `eyJ${secret}.${secret}.${secret}`,
            (secret) => `Cookie: a=b; sid=${secret}`,
            (secret) => `AccountKey=${secret}==`,
            (secret) => `-----BEGIN PRIVATE KEY-----\\n${secret}\\n-----END PRIVATE KEY-----`,
        );
        const around = fc.string({ unit: fc.constantFrom(..."ab1 \t,;(){}[]"), maxLength: 12 });
        fc.assert(
            fc.property(token, template, around, around, (secret, write, before, after) => {
                expect(redact(kept, `${before} ${write(secret)} ${after}`)).not.toContain(secret);
            }),
            { numRuns: 2000 },
        );
    });
});

describe("personal data", () => {
    const emails = redactions({ personalData: ["emails"], redact: [] });
    const addresses = redactions({ personalData: ["addresses"], redact: [] });

    test.each([
        ["mail from jane.doe+x@mail.example.org done", "mail from <redacted:email> done"],
        ["GET /?user=jane%40example.org&page=2", "GET /?user=<redacted:email>&page=2"],
        ['{"user":"jane@1and1.example"}', '{"user":"<redacted:email>"}'],
        ["user@1000.service started, alloy@v1.18.1/main.go", "user@1000.service started, alloy@v1.18.1/main.go"],
        ["git@sha256:abc", "git@sha256:abc"],
    ])("%s", (line, expected) => {
        expect(redact(emails, line)).toBe(expected);
    });

    test.each([
        ["from 10.1.2.3:443 to 192.168.255.1", "from <redacted:ip-address>:443 to <redacted:ip-address>"],
        ["[2001:db8::1]:443", "[<redacted:ip-address>]:443"],
        ["fe80::1ff:fe23:4567:890a, ::1", "<redacted:ip-address>, <redacted:ip-address>"],
        ["2001:0db8:0000:0000:0000:ff00:0042:8329 up", "<redacted:ip-address> up"],
        ["13:55:36 00:1b:44:11:3a:b7 v1.2.3 std::vector", "13:55:36 00:1b:44:11:3a:b7 v1.2.3 std::vector"],
    ])("%s", (line, expected) => {
        expect(redact(addresses, line)).toBe(expected);
    });

    test("is left alone where nobody asked for it", () => {
        const line = "jane@example.org from 10.1.2.3";
        expect(redact(redactions(nothingElse), line)).toBe(line);
    });
});

describe("what config takes out", () => {
    test.each([
        ["the group", "patient=(\\d+)", "patient=<redacted:patient> ok"],
        ["all of it, without a group", "patient=\\d+|case=\\d+", "<redacted:patient> ok"],
    ])("is %s", (_, expression, expected) => {
        const own = redactions({ personalData: [], redact: [{ name: "patient", expression }] });
        expect(redact(own, "patient=4711 ok")).toBe(expected);
    });
});

test.each(
    [...secrets, ...personalData.emails, ...personalData.addresses].map(({ name, expression }) => [name, expression]),
)("%s is RE2 with one group that is never empty: %s", (_, expression) => {
    const compiled = RE2JS.compile(expression);
    expect(compiled.groupCount()).toBe(1);
    expect(compiled.matcher("").find()).toBe(false);
});

test("taking out twice is taking out once", () => {
    for (const line of [...lost.map(([, each]) => each), ...innocent]) {
        const once = redact(all, line);
        expect(redact(all, once)).toBe(once);
    }
});
