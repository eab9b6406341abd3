import { atLeast, parseVersion, written } from "../../local/version";

describe("parseVersion", () => {
    it.each([
        ["prometheus, version 3.9.1 (branch: HEAD, revision: abc)\n  go version: go1.26.8", [3, 9, 1]],
        ["thanos, version 0.42.4 (branch: , revision: unknown)", [0, 42, 4]],
        ["node_exporter, version 1.12.1 (branch: , revision: unknown)", [1, 12, 1]],
        ["amtool, version v0.28.0", [0, 28, 0]],
    ])("reads %j", (text, version) => {
        expect(parseVersion(text)).toEqual(version);
    });

    it.each([
        ["a pre-release", "thanos, version 0.42.0-rc.1 (branch: HEAD)"],
        ["a build without a version", "thanos, version  (branch: , revision: unknown)\n  go version:       go1.26.8"],
        ["another program", "usage: prometheus the game"],
    ])("does not take %s for a release", (_, text) => {
        expect(parseVersion(text)).toBeUndefined();
    });
});

describe("atLeast", () => {
    it.each<[[number, number, number], boolean]>([
        [[3, 5, 0], true],
        [[3, 5, 1], true],
        [[3, 10, 0], true],
        [[4, 0, 0], true],
        [[3, 4, 9], false],
        [[2, 99, 99], false],
    ])("%j against 3.5.0: %j", (version, expected) => {
        expect(atLeast(version, [3, 5, 0])).toBe(expected);
    });
});

it("writes a version as people do", () => {
    expect(written([3, 9, 1])).toBe("3.9.1");
});
