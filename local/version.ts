/** Major, minor, patch. */
export type Version = [major: number, minor: number, patch: number];

/** The version in what a Prometheus-style program prints for `--version`; undefined of a pre-release or a build without one. */
export function parseVersion(text: string): Version | undefined {
    const match = /\bversion v?(\d+)\.(\d+)\.(\d+)(?![-\d.])/.exec(text);
    return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** True where `version` is `wanted` or newer. */
export function atLeast(version: Version, wanted: Version): boolean {
    const different = version.findIndex((part, index) => part !== wanted[index]);
    return different === -1 || (version[different] ?? 0) > (wanted[different] ?? 0);
}

/** As people write it. */
export function written(version: Version): string {
    return version.join(".");
}
