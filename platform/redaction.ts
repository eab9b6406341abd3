import { RE2JS } from "re2js";
import type { LogCollection, Redaction } from "./logCollector";

/** Keys whose values are secrets, whatever stands before them: `DB_PASSWORD`, `clientSecret`, `x-api-key`. */
const secretKeys =
    "(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|account[_-]?key|private[_-]?key|credentials?)";

/** Tokens that are known by how they begin. */
const tokens = [
    // GitHub, GitLab.
    "gh[pousr]_[A-Za-z0-9]{20,}",
    "github_pat_[A-Za-z0-9_]{20,}",
    "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_.-]{16,}",
    // Slack.
    "xox[a-z]-[A-Za-z0-9-]{10,}",
    "xapp-[A-Za-z0-9-]{10,}",
    // Google.
    "AIza[A-Za-z0-9_-]{35}",
    "ya29\\.[A-Za-z0-9_-]{10,}",
    "GOCSPX-[A-Za-z0-9_-]{10,}",
    // npm, PyPI, Docker Hub.
    "npm_[A-Za-z0-9]{30,}",
    "pypi-[A-Za-z0-9_-]{30,}",
    "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
    // Vault, Pulumi, Grafana, Stripe, age.
    "hv[sbr]\\.[A-Za-z0-9_-]{20,}",
    "pul-[0-9a-f]{40}",
    "gl(?:sa|c)_[A-Za-z0-9_+/=-]{20,}",
    "(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}",
    "whsec_[A-Za-z0-9+/=]{10,}",
    "AGE-SECRET-KEY-1[A-Z0-9]{20,}",
];

/** What a value without quotes may begin with; `<` would be something that is taken out already. */
const bare = "[^\\s\"'\\\\&<]";
/** Such a value, without the punctuation behind it. */
const bareValue = `${bare}(?:[^\\s"'\\\\&]*[^\\s"'\\\\&,;)\\]}])?`;

/**
 * Secrets, which are always taken out, in this order. An expression is RE2 and has one group: what is replaced
 * (`stage.replace`). None matches what another has put there.
 */
export const secrets: readonly Redaction[] = [
    // One line, its line breaks escaped or not; a line of a key that is printed on many lines is base64 and nothing else.
    // Such a line's first nine characters are hardly ever a hash's, which is what else has its length.
    {
        name: "private-key",
        expression: "(?s)-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(.+?)(?:-----END|$)",
    },
    { name: "base64", expression: "^\\s*([A-Za-z0-9+/]{0,8}[A-Zg-z+/][A-Za-z0-9+/]{50,75}={0,2})\\s*$" },
    // Headers.
    {
        name: "cookie",
        expression: "(?i)cookie[\"'\\\\]*\\s*[:=]\\s*[\\[\"'\\\\]*([^\"'\\\\\\]\\[<\\r\\n:=\\s][^\"'\\\\\\]\\r\\n]*)",
    },
    {
        name: "authorization",
        expression:
            "(?i)authorization[\"'\\\\]*\\s*[:=]\\s*[\\[\"'\\\\]*(?:(?:bearer|basic|token|negotiate|apikey)\\s+)?([^\\s\"'\\\\\\[\\],;]+(?:\\s+[a-z]+=[^\"'\\\\\\]]+)?)",
    },
    {
        name: "bearer",
        expression: "(?i)\\bbearer\\s+([a-z0-9._~+/-]{20,}=*|[a-z._~+/-]*[0-9][a-z0-9._~+/-]*=*)",
    },
    { name: "basic", expression: "(?i)\\bbasic\\s+([a-z0-9+/]{16,}={0,2})" },
    { name: "jwt", expression: "(eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{4,}(?:\\.[A-Za-z0-9_-]*){0,3})" },
    // Tokens and keys that say what they are.
    { name: "token", expression: `(${tokens.join("|")})` },
    { name: "slack-webhook", expression: "hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]+)" },
    { name: "aws-key", expression: "(?:^|[^A-Z0-9])((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})" },
    {
        name: "signature",
        expression:
            "(?i)(?:x-amz-(?:signature|security-token|credential)|[?&;](?:sig|signature))=([^&\\s\"'<][^&\\s\"']*)",
    },
    { name: "azure-key", expression: "(?i)(?:account|sharedaccess)(?:key|signature)=([^;\\s\"'\\\\<][^;\\s\"'\\\\]*)" },
    // URLs: user:password@, and a user so long that it is a token.
    { name: "url-password", expression: "[A-Za-z][A-Za-z0-9+.-]*://[^\\s/:@\"'<>]*:([^\\s/\"'<>]+)@" },
    { name: "url-user", expression: "[A-Za-z][A-Za-z0-9+.-]*://([^\\s/:@\"'<>]{20,})@" },
    // A key and its value: JSON in a string of JSON, quoted, and bare.
    {
        name: "secret",
        expression: `(?i)${secretKeys}\\\\"\\s*:\\s*\\\\"((?:[^"\\\\<]|\\\\\\\\(?:\\\\"|\\\\\\\\|[^"\\\\]))(?:[^"\\\\]|\\\\\\\\(?:\\\\"|\\\\\\\\|[^"\\\\]))*)`,
    },
    { name: "secret", expression: `(?i)${secretKeys}\\\\{3,}"\\s*:\\s*\\\\{3,}"([^"\\\\<][^"]*?)\\\\{3,}"` },
    {
        name: "secret",
        expression: `(?i)${secretKeys}\\\\?["']?\\]?\\s*(?:=>|:=|[:=])\\s*"((?:[^"\\\\<]|\\\\.)(?:[^"\\\\]|\\\\.)*)(?:"|$)`,
    },
    { name: "secret", expression: `(?i)${secretKeys}["']?\\]?\\s*(?:=>|:=|[:=])\\s*'([^'<][^']*)(?:'|$)` },
    { name: "secret", expression: `(?i)${secretKeys}\\\\?["']?\\]?\\s*(?:=>|:=|[:=])\\s*(${bareValue})` },
    { name: "secret", expression: `(?i)--?[a-z-]*${secretKeys}\\s+(${bareValue})` },
];

const octet = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
const group = "[0-9a-fA-F]{1,4}";

/** Personal data, by what config calls it. */
export const personalData: Record<LogCollection["personalData"][number], readonly Redaction[]> = {
    // The domain's last but one label has a letter in it: user@1000.service is a unit, and package@1.2.tgz a file.
    emails: [
        {
            name: "email",
            expression: "([A-Za-z0-9._%+-]+(?:@|%40)(?:[A-Za-z0-9-]+\\.)*[0-9-]*[A-Za-z][A-Za-z0-9-]*\\.[A-Za-z]{2,})",
        },
    ],
    addresses: [
        { name: "ip-address", expression: `\\b((?:${octet}\\.){3}${octet})\\b` },
        {
            name: "ip-address",
            expression: `(?:^|[^0-9A-Za-z:.])((?:${group}:){7}${group}|(?:${group}:){1,6}(?::${group}){1,6}|(?:${group}:){1,7}:|:(?::${group}){1,7})`,
        },
    ],
};

/** Everything that is taken out of a cluster's lines, in this order. */
export function redactions({
    personalData: chosen,
    redact,
}: Pick<LogCollection, "personalData" | "redact">): Redaction[] {
    return [...secrets, ...chosen.flatMap((kind) => personalData[kind]), ...redact.map(withGroup)];
}

/** What stands for something that was taken out. */
export function replacement({ name }: Redaction): string {
    return `<redacted:${name}>`;
}

/** `stage.replace` replaces groups and nothing else: an expression without one is a group as a whole. */
function withGroup({ name, expression }: Redaction): Redaction {
    return { name, expression: RE2JS.compile(expression).groupCount() === 0 ? `(${expression})` : expression };
}
