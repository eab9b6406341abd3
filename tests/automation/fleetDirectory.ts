import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programFiles } from "../../automation/fleet/digest";
import { programDirectory } from "../../automation/stackFile";

/** The directory of a program whose environment is `test`; every other file of it is this program's own. */
export interface FleetDirectory {
    path: string;
    read(file: string): string;
    write(file: string, text: string): string;
    remove(): void;
}

/** What a run needs besides the program's own files. */
const surroundings = ["node_modules", "package.json", "tsconfig.json", "tsconfig.pulumi.json"];

/** @param customers the inventory, as YAML of a list */
export function fleetDirectory(customers = "[]", more = ""): FleetDirectory {
    const path = mkdtempSync(join(tmpdir(), "fleet-"));
    for (const entry of [...programFiles, ...surroundings]) {
        symlinkSync(join(programDirectory, entry), join(path, entry));
    }
    const directory: FleetDirectory = {
        path,
        read: (file) => readFileSync(join(path, file), "utf8"),
        write: (file, text) => {
            writeFileSync(join(path, file), text);
            return join(path, file);
        },
        remove: () => rmSync(path, { recursive: true }),
    };
    directory.write("Pulumi.test.yaml", environmentFile(customers, more));
    return directory;
}

/** An environment's stack file. */
export function environmentFile(customers: string, more = ""): string {
    return [
        "# The test environment.",
        "config:",
        "    fleet-observability:environment: test # its name",
        "    fleet-observability:readiness: skip",
        "    fleet-observability:observer:",
        "        name: observer",
        "        context: observer",
        "        retention: { raw: 30d, fiveMinutes: 180d, oneHour: 0d }",
        "    fleet-observability:storage: { provider: filesystem }",
        "    fleet-observability:ingress:",
        "        privateZone: test.internal",
        "        receive: { serviceType: NodePort, port: 30291, address: 10.0.0.1 }",
        `    fleet-observability:customers: ${customers}`,
        "    # after the customers",
        "    fleet-observability:labels: { owner:   me }",
        ...(more === "" ? [] : [more]),
        "encryptionsalt: v1:salt",
        "",
    ].join("\n");
}
