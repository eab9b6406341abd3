import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { findPulumi } from "../../automation/fleet/pulumiCli";

let root: string;

beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-cli-")))));
afterEach(() => rmSync(root, { recursive: true }));

/** Puts a program called pulumi into a directory of its own; returns the directory. */
function pulumi(directory: string, script: string): string {
    const path = join(root, directory);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "pulumi"), `#!/bin/sh\nif [ "$1" = version ]; then echo v3.260.0; exit; fi\n${script}\n`);
    chmodSync(join(path, "pulumi"), 0o755);
    return path;
}

function find(...directories: string[]) {
    return findPulumi([join(root, "empty"), ...directories].join(delimiter));
}

test("npm's wrapper, though first on PATH, loses to a CLI that is installed", async () => {
    const wrapper = pulumi("node_modules/pulumi", "");
    const installed = pulumi("installed", "");
    expect((await find(wrapper, installed)).command).toBe(join(installed, "pulumi"));
    expect((await find(wrapper)).command).toBe(join(wrapper, "pulumi"));
    expect((await find(installed)).version?.toString()).toBe("3.260.0");
});

test("none, or one that does not run: what to do", async () => {
    await expect(find()).rejects.toThrow(
        "The pulumi CLI is not on PATH. Install it: https://www.pulumi.com/docs/install/",
    );
    const broken = pulumi("broken", "");
    writeFileSync(join(broken, "pulumi"), "#!/bin/sh\necho v2.0.0\n");
    await expect(find(broken)).rejects.toThrow(/broken\/pulumi cannot be used: .*\nInstall it/s);
});

test("the program's Node comes first on the CLI's PATH, and nothing is asked", async () => {
    const cli = await find(pulumi("bin", 'echo "$PATH|$*"'));
    const [path = "", args] = (await cli.run(["up"], root, {})).stdout.trim().split("|");
    expect(path.split(delimiter)[0]).toBe(dirname(process.execPath));
    expect(args).toBe("up --non-interactive");
});

test("a value comes from standard input, and not from the command line", async () => {
    const cli = await find(pulumi("bin", 'echo "$*"; cat'));
    const { stdout } = await cli.run(["config", "set"], root, {}, undefined, undefined, undefined, "canary");
    expect(stdout).toBe("config set --non-interactive\ncanary");
});

test("an error says what was printed", async () => {
    const cli = await find(pulumi("bin", "echo out; echo 'error: no' >&2; exit 255"));
    await expect(cli.run(["up"], root, {})).rejects.toMatchObject({ printed: "out\n\nerror: no\n" });
});

test("an interruption reaches the CLI once, and it may finish what it has begun", async () => {
    const interruption = new AbortController();
    const cli = await find(pulumi("bin", "trap 'echo caught' INT; echo begun; sleep 1 & wait; echo finished"));
    const begun = (text: string) => text.includes("begun") && interruption.abort();
    const { stdout } = await cli.run(["up"], root, {}, begun, undefined, interruption.signal);
    expect(stdout).toBe("begun\ncaught\nfinished\n");
});
