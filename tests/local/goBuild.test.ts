import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import {
    buildEnvironment,
    buildPrograms,
    cacheDirectory,
    readTools,
    type ToolModule,
    toolModules,
    wantedGo,
} from "../../local/goBuild";
import { neverBuilt, oldest, type ProgramName } from "../../local/programs";
import { atLeast } from "../../local/version";

const goMod = `module example/tools

go 1.26.0

tool (
	github.com/prometheus/prometheus/cmd/promtool
	github.com/thanos-io/thanos/cmd/thanos // as released
)

tool example.org/deep/v2

require (
	github.com/prometheus/prometheus v0.309.1
	github.com/prometheus/prom v0.1.0 // indirect
	github.com/thanos-io/thanos v0.42.4 // indirect
)

require example.org/deep/v2 v2.3.4
`;

describe("readTools", () => {
    it("reads blocks and single lines, with the version that each program's release has", () => {
        expect(readTools(goMod).map(({ name, module, version }) => [name, module, version.join(".")])).toEqual([
            ["promtool", "github.com/prometheus/prometheus", "3.9.1"],
            ["thanos", "github.com/thanos-io/thanos", "0.42.4"],
            ["deep", "example.org/deep/v2", "2.3.4"],
        ]);
    });

    it("says what is wrong with a tool of no module", () => {
        expect(() => readTools("tool example.org/tool\n")).toThrow(
            "a go.mod in tools/ has a tool example.org/tool and no released version of its module; run `go mod tidy` there",
        );
    });
});

it("knows the Go version that is needed", () => {
    expect(wantedGo(goMod)).toBe("1.26.0");
});

it("builds everything that the fleet and the live tests run, new enough for them", () => {
    const tools = toolModules().flatMap((module) => module.tools);
    const built = (Object.keys(oldest) as ProgramName[]).filter((name) => !neverBuilt.some((never) => never === name));
    for (const name of built) {
        const tool = tools.find((candidate) => candidate.name === name);
        expect(tool).toBeDefined();
        expect(atLeast(tool?.version ?? [0, 0, 0], oldest[name])).toBe(true);
    }
});

describe("buildEnvironment", () => {
    it("lets Go write nowhere but into the clone", () => {
        const { GOCACHE, GOMODCACHE, GOTMPDIR, XDG_CONFIG_HOME } = buildEnvironment();
        for (const place of [GOCACHE, GOMODCACHE, GOTMPDIR, XDG_CONFIG_HOME]) {
            expect(place?.startsWith(`${cacheDirectory}/`)).toBe(true);
        }
    });

    it("keeps the user's own Go settings", () => {
        const configuration = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");
        expect(buildEnvironment().GOENV).toBe(process.env.GOENV ?? join(configuration, "go", "env"));
        expect(buildEnvironment().GOPROXY).toBe(process.env.GOPROXY);
        expect(buildEnvironment().GOFLAGS).toBe(process.env.GOFLAGS);
    });
});

describe("buildPrograms without a Go that can", () => {
    const path = process.env.PATH;
    let directory = "";

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "go-"));
        process.env.PATH = `${directory}:/bin`;
    });

    afterEach(async () => {
        process.env.PATH = path;
        await rm(directory, { recursive: true });
    });

    const [module] = toolModules() as [ToolModule];
    const build = () => buildPrograms(module, { report: () => undefined });

    it("says where to get one", async () => {
        process.env.PATH = directory;
        await expect(build()).rejects.toThrow(
            /^go is not on PATH\. .* Go 1\.\d+\.\d+ or newer: install it from https:\/\/go\.dev\/dl\//,
        );
    });

    /** A go that fails with these words. */
    async function failing(words: string): Promise<void> {
        const go = join(directory, "go");
        await writeFile(go, `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
        await chmod(go, 0o755);
    }

    it("says which one an old one should be", async () => {
        await failing("go: go.mod requires go >= 1.26.0 (running go 1.21.0; GOTOOLCHAIN=local)");
        await expect(build()).rejects.toThrow(/running go 1\.21\.0(.|\n)*install it from https:\/\/go\.dev\/dl\//);
    });

    it("says how much room it wants where there is none left", async () => {
        await failing("go: writing stat cache: no space left on device");
        await expect(build()).rejects.toThrow(/no space left on device\nAll upstream programs together need 12 GB in /);
    });

    it("shows what go itself says of other failures", async () => {
        await failing("go: disk quota exceeded");
        await expect(build()).rejects.toThrow("`go env GOVERSION` in tools/ failed:\ngo: disk quota exceeded");
    });
});
