import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Settings } from "../../config/load";
import { ConfigError } from "../../config/problems";
import { UsageError } from "../commandLine";
import { withMissingSecrets } from "../planStack";
import { programDirectory, readStackFile } from "../stackFile";
import { stackSettings } from "../stackSettings";
import { kubeconfigCheck, type Place } from "./access";
import { apiServer, permissions } from "./apiServer";
import { stackSecrets, stateBackend } from "./backend";
import { chartSources } from "./chartSources";
import { skipped, type Check, type Group } from "./check";
import { stackConfig } from "./configuration";
import { cloudCredentials } from "./credentials";
import { installedChecks } from "./installed";
import { nodeProgram, providerPlugins, pulumiProgram } from "./machine";
import { dnsRecords, receiveEndpoint } from "./network";
import { Pulumi } from "./pulumi";
import type { Subject, Written } from "./subject";
import type { Surroundings } from "./surroundings";

/** What is to be examined. */
export interface Request {
    stack: string;
    /** A file in place of `Pulumi.<stack>.yaml`. */
    config?: string;
    /** Clusters to look at; all when unset. */
    clusters?: string[];
}

/** Every check of an environment. */
export interface Diagnosis {
    groups: Group[];
    /** What is wrong with the config, so that only the machine can be looked at. */
    configError?: ConfigError;
}

/**
 * Puts together what is to be looked at.
 *
 * @throws UsageError when there is no such stack or no such cluster
 */
export function diagnosis(request: Request, surroundings: Surroundings): Diagnosis {
    const written = readWritten(request);
    const pulumi = new Pulumi(surroundings, written.stack, written.configFile);
    const program = pulumiProgram(pulumi);
    const machine = (checks: Check[]): Group => ({
        name: "this machine",
        stages: [[program, nodeProgram(surroundings)], checks],
        cluster: false,
    });
    const ofStack = (checks: Check[]): Group => ({ name: `stack ${written.stack}`, stages: [checks], cluster: false });
    try {
        const loaded = stackSettings(request);
        const subject: Subject = { written, settings: loaded.settings, pulumi, surroundings };
        return {
            groups: [
                machine([providerPlugins(subject), cloudCredentials(subject)]),
                ofStack([
                    stackConfig(written, loaded),
                    stateBackend(subject),
                    stackSecrets(subject),
                    chartSources(subject),
                    dnsRecords(subject),
                    receiveEndpoint(subject),
                ]),
                ...chosen(placesOf(loaded.settings), request.clusters).map((place) => clusterGroup(place, subject)),
            ],
        };
    } catch (error) {
        if (!(error instanceof ConfigError)) {
            throw error;
        }
        const subject = { written, pulumi, surroundings };
        return {
            groups: [machine([]), ofStack([stackConfig(written, error), stateBackend(subject), stackSecrets(subject)])],
            configError: error,
        };
    }
}

function readWritten({ stack, config: configFile }: Request): Written {
    const file = readStackFile(stack, configFile);
    const { encryptionsalt, secretsprovider } = parse(
        readFileSync(configFile ?? join(programDirectory, `Pulumi.${stack}.yaml`), "utf8"),
    ) as { encryptionsalt?: unknown; secretsprovider?: unknown };
    return {
        stack,
        configFile,
        config: file.config,
        encrypted: file.encrypted,
        encryption: {
            salt: encryptionsalt !== undefined,
            provider: typeof secretsprovider === "string" ? secretsprovider : undefined,
        },
        secretsToSet: withMissingSecrets(file, stack).secretsToSet,
    };
}

function placesOf({ observer, customers }: Settings): (Place & { gone: boolean })[] {
    return [
        { name: observer.name, path: ["observer"], access: observer, gone: false },
        ...customers.map((customer, position) => ({
            name: customer.name,
            path: ["customers", position] as ["customers", number],
            access: customer,
            tenant: customer.tenant,
            gone: customer.decommissioned,
        })),
    ];
}

function chosen<Named extends { name: string }>(places: Named[], names: string[] | undefined): Named[] {
    const unknown = names?.filter((name) => !places.some((place) => place.name === name)) ?? [];
    if (unknown.length > 0) {
        throw new UsageError(
            `There is no cluster ${unknown.join(", ")}. Clusters here: ${places.map(({ name }) => name).join(", ")}`,
        );
    }
    return names === undefined ? places : places.filter(({ name }) => names.includes(name));
}

function clusterGroup(place: Place & { gone: boolean }, subject: Subject): Group {
    if (place.gone) {
        const check: Check = {
            title: "cluster",
            // eslint-disable-next-line @typescript-eslint/require-await -- a check answers with a promise
            examine: async () => ({ lookedAt: "nothing", findings: [skipped("decommissioned: nothing calls it")] }),
        };
        return { name: place.name, stages: [[check]], cluster: true };
    }
    const reached = { place };
    return {
        name: place.name,
        stages: [
            [kubeconfigCheck(reached, subject)],
            [apiServer(reached, subject)],
            [permissions(reached, subject), ...installedChecks(reached, subject)],
        ],
        cluster: true,
    };
}
