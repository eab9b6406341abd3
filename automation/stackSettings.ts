import { load, type Loaded } from "../config/load";
import { namespace } from "../config/schema";
import { withMissingSecrets } from "./planStack";
import { readStackFile } from "./stackFile";

/**
 * A stack's settings, without the engine; secrets that are not set are placeholders.
 *
 * @throws UsageError when there is no such stack, ConfigError when its config is not right
 */
export function stackSettings({ stack, config }: { stack: string; config?: string }): Loaded {
    const { file } = withMissingSecrets(readStackFile(stack, config), stack);
    const own = (key: string) => (key.startsWith(`${namespace}:`) ? [key.slice(namespace.length + 1)] : []);
    return load({
        stack,
        values: Object.fromEntries(
            Object.entries(file.config).flatMap(([key, value]) => own(key).map((section) => [section, value])),
        ),
        encrypted: new Set([...file.encrypted].flatMap(own)),
    });
}
