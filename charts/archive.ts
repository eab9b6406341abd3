/** Reads files of a Helm chart, from a packed chart (`.tgz`, as `helm pull` writes it) or from its directory. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/**
 * The text files of a chart, by their path inside of it with forward slashes, such as `templates/service.yaml`.
 *
 * @param path - A packed chart or the directory of an unpacked one.
 * @param wanted - Chooses the files to read; charts can hold megabytes of custom resource definitions.
 * @throws Error when the path does not exist or is neither of the two.
 */
export function readChart(path: string, wanted: (file: string) => boolean): Map<string, string> {
    return new Map(statSync(path).isDirectory() ? fromDirectory(path, wanted) : fromArchive(path, wanted));
}

function* fromDirectory(directory: string, wanted: (file: string) => boolean): Generator<[string, string]> {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
        const file = join(entry.parentPath, entry.name);
        const name = file.slice(join(directory, "/").length).replaceAll("\\", "/");
        if (!entry.isDirectory() && wanted(name)) {
            yield [name, readFileSync(file, "utf8")];
        }
    }
}

const blockSize = 512;

/**
 * Helm writes POSIX archives (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html); those of GNU tar, which
 * keep long names in another way, are read too.
 */
function* fromArchive(archive: string, wanted: (file: string) => boolean): Generator<[string, string]> {
    const bytes = gunzipSync(readFileSync(archive));
    const text = (start: number, length: number): string =>
        bytes.toString("utf8", start, start + length).replace(/\0.*$/s, "");
    let longName: string | undefined;
    for (let header = 0; header < bytes.length && bytes[header] !== 0;) {
        const size = Number.parseInt(text(header + 124, 12), 8);
        const type = text(header + 156, 1);
        const content = header + blockSize;
        if (type === "x") {
            longName = /\d+ path=(.*)\n/.exec(text(content, size))?.[1];
        } else if (type === "L") {
            longName = text(content, size);
        } else {
            const prefix = text(header + 345, 155);
            const name = longName ?? (prefix === "" ? "" : `${prefix}/`) + text(header, 100);
            longName = undefined;
            // A packed chart keeps everything in one directory that is named like the chart.
            const inside = name.slice(name.indexOf("/") + 1);
            if ((type === "0" || type === "") && wanted(inside)) {
                yield [inside, bytes.toString("utf8", content, content + size)];
            }
        }
        header = content + Math.ceil(size / blockSize) * blockSize;
    }
}
