import { configs, make } from "./configs";
import { record } from "./recordedStack";

/**
 * Makes the stores named on the command line one after the other, and prints after each which modules of the cloud SDKs
 * the process has loaded so far. A program of its own, because Jest's module registry is not Node's.
 */
async function main(names: string[]): Promise<void> {
    const loaded: Record<string, string[]> = {};
    for (const name of names) {
        await record("update", () => make(configs[name as keyof typeof configs]));
        loaded[name] = Object.keys(require.cache).flatMap(
            (file) => /@pulumi\/((?:aws|azure-native)\/.*)$/.exec(file)?.slice(1) ?? [],
        );
    }
    process.stdout.write(JSON.stringify(loaded));
}

void main(process.argv.slice(2));
