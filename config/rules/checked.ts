import type { StackConfig } from "../schema";

/** What the rules see: every section that is right in itself, and the config as it was read. */
export interface Checked {
    config: Partial<StackConfig>;
    /** Customers that are right in themselves, with their position in the list. */
    customers: { position: number; customer: StackConfig["customers"][number] }[];
    raw: Record<string, unknown>;
    /** The stack is a shard. */
    shard: boolean;
}
