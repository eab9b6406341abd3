import { isShard, load, loadShard, type Loaded, type RawConfig, type ShardSettings } from "../config/load";
import { namespace } from "../config/schema";
import { UsageError } from "./commandLine";
import { withMissingSecrets } from "./planStack";
import { readStackFile } from "./stackFile";

/** Which stack: its name, and a file in place of `Pulumi.<stack>.yaml`. */
export interface StackRequest {
    stack: string;
    config?: string;
}

/**
 * The settings of an environment's stack, without the engine; secrets that are not set are placeholders.
 *
 * @throws UsageError when there is no such stack or it is a shard, ConfigError when its config is not right
 */
export function stackSettings(request: StackRequest): Loaded {
    const raw = rawConfig(request);
    if (isShard(raw)) {
        const environment = String(raw.values.environmentStack);
        throw new UsageError(`Stack ${request.stack} is a shard; name its environment's stack: ${environment}`);
    }
    return load(raw);
}

/**
 * The settings of a shard, as {@link stackSettings}.
 *
 * @throws UsageError when there is no such stack or it is none, ConfigError when its config is not right
 */
export function shardSettings(request: StackRequest): Loaded<ShardSettings> {
    const raw = rawConfig(request);
    if (!isShard(raw)) {
        throw new UsageError(`Stack ${request.stack} is no shard: its role is not customers`);
    }
    return loadShard(raw);
}

function rawConfig({ stack, config }: StackRequest): RawConfig {
    const { file } = withMissingSecrets(readStackFile(stack, config), stack);
    const own = (key: string) => (key.startsWith(`${namespace}:`) ? [key.slice(namespace.length + 1)] : []);
    return {
        stack,
        values: Object.fromEntries(
            Object.entries(file.config).flatMap(([key, value]) => own(key).map((section) => [section, value])),
        ),
        encrypted: new Set([...file.encrypted].flatMap(own)),
    };
}
