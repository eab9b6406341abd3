import { readFileSync } from "node:fs";
import { readTools, wantedGo } from "../../local/goBuild";
import { oldest, type ProgramName } from "../../local/programs";
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
            "tools/go.mod has a tool example.org/tool and no released version of its module; run `go mod tidy` in tools/",
        );
    });
});

it("knows the Go version that is needed", () => {
    expect(wantedGo(goMod)).toBe("1.26.0");
});

it("builds everything that the fleet and the live tests run, new enough for them", () => {
    const tools = readTools(readFileSync("tools/go.mod", "utf8"));
    for (const name of Object.keys(oldest) as ProgramName[]) {
        const tool = tools.find((candidate) => candidate.name === name);
        expect(tool).toBeDefined();
        expect(atLeast(tool?.version ?? [0, 0, 0], oldest[name])).toBe(true);
    }
});
