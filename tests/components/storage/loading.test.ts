import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../../..");

/** What is loaded after each of `stores`, under the loader and the settings that Pulumi runs the program with. */
function loadedAfter(...stores: string[]): Record<string, string[]> {
    const program = join(__dirname, "loadedSdks.ts");
    const output = execFileSync(process.execPath, ["-r", "ts-node/register/transpile-only", program, ...stores], {
        cwd: root,
        env: { ...process.env, TS_NODE_PROJECT: join(root, "tsconfig.pulumi.json") },
        encoding: "utf8",
    });
    return JSON.parse(output) as Record<string, string[]>;
}

const azureModules = /^azure-native\/(storage|managedidentity|authorization)\//;
const awsModules = /^aws\/(s3|iam)\//;

test("stores without a cloud load no cloud SDK, and Azure loads three sub-modules of its own", () => {
    const { filesystem, swift, s3, azure } = loadedAfter("filesystem", "swift", "s3", "azure");
    expect([filesystem, swift, s3]).toEqual([[], [], []]);
    expect(azure).toEqual(expect.arrayContaining([expect.stringMatching(azureModules)]));
    expect(azure).not.toContain("azure-native/index.js");
    expect(azure?.filter((file) => file.startsWith("aws/"))).toEqual([]);
    expect(parts(azure)).toEqual([
        "authorization",
        "managedidentity",
        "package.json",
        "storage",
        "types",
        "utilities.js",
    ]);
}, 60_000);

test("AWS, and a bucket made through the S3 API, load the AWS SDK's sub-modules and nothing of Azure's", () => {
    const { s3Created, aws } = loadedAfter("s3Created", "aws");
    expect(aws).toEqual(expect.arrayContaining([expect.stringMatching(awsModules)]));
    for (const loaded of [s3Created, aws]) {
        expect(loaded).not.toContain("aws/index.js");
        expect(loaded?.filter((file) => file.startsWith("azure-native/"))).toEqual([]);
    }
}, 60_000);

/** The first part of each path below the package. */
function parts(files: string[] | undefined): string[] {
    return [...new Set(files?.map((file) => file.split("/")[1] ?? ""))].sort();
}
