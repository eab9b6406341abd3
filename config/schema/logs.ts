import { z } from "zod";
import { allowed, key, retention } from "./leaf";

/** What one tenant's logs may be; the observer's section has the defaults, a customer's entry what differs. */
export const logLimits = {
    megabytesPerSecond: z.number().positive().max(1000),
    streams: z.int().min(1),
};

/** Logs and events of the whole fleet, in Loki on the observer. */
export const logs = z.strictObject({
    enabled: key(z.boolean().default(false), {
        description:
            "Keep logs and events: Loki on the observer, and a collector on every customer cluster whose profile or entry says so.",
        example: true,
    }),
    retention: key(retention().default("30d"), {
        description: "How long log lines are kept, where a tenant has no time of its own. (`retention_period`)",
        allowed: `${allowed.retention}; at least 1d`,
        example: "30d",
    }),
    megabytesPerSecond: key(logLimits.megabytesPerSecond.default(4), {
        description:
            "What a tenant may send on average; more is refused with 429 and retried. A burst may be four times as much, and 4 MB in any case. (`ingestion_rate_mb`)",
        allowed: "a number above 0, up to 1000",
        example: 4,
    }),
    streams: key(logLimits.streams.default(10_000), {
        description: "Active streams that a tenant may have. (`max_global_streams_per_user`)",
        allowed: "a whole number from 1",
        example: 10_000,
    }),
});
