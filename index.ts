import * as pulumi from "@pulumi/pulumi";
import { isShard, load, loadShard, type Loaded } from "./config/load";
import { readStackConfig } from "./config/pulumiConfig";
import type { ProgramOutputs, ShardOutputs } from "./outputs";
import { customersStack } from "./roles/customers";
import { environmentStack } from "./roles/environment";

/** What a stack makes, by its role. */
async function program(): Promise<ProgramOutputs | ShardOutputs> {
    await pulumi.requirePulumiVersion(">=3.220.0");
    const raw = readStackConfig();
    const now = new Date();
    return isShard(raw) ? customersStack(warned(loadShard(raw)), now) : environmentStack(warned(load(raw)), now);
}

/** The settings, once their owner has been told what is worth a second look. */
function warned<Kind>({ settings, warnings }: Loaded<Kind>): Kind {
    for (const warning of warnings) {
        void pulumi.log.warn(warning);
    }
    return settings;
}

export = program;
