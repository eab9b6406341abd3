import type { Profile } from "./agent";
import type { LogCollection } from "./logCollector";
import type { OtlpGateway } from "./otlp";
import type { ExtraScrapes } from "./scrape";

/** What a customer's entry says of the optional parts; `enabled` and the like are unset where the profile decides. */
export interface CustomerPartsEntry {
    profile: Profile;
    logs: LogCollection & { enabled?: boolean };
    otlp: OtlpGateway & { enabled?: boolean };
    scrape: Partial<Pick<ExtraScrapes, "annotations" | "textfiles">> & Pick<ExtraScrapes, "targets">;
}

/** The optional parts that a customer cluster has. */
export interface CustomerParts {
    logs?: LogCollection;
    otlp?: OtlpGateway;
    scrape: ExtraScrapes;
}

/**
 * The parts that a customer's profile and entry ask for. full: everything that can be pushed or found by annotation, and
 * logs. standard: logs. l0: nothing. An entry wins over its profile.
 *
 * @param keepsLogs whether the observer keeps logs at all
 */
export function customerParts({ profile, logs, otlp, scrape }: CustomerPartsEntry, keepsLogs: boolean): CustomerParts {
    const full = profile === "full";
    return {
        ...(keepsLogs && (logs.enabled ?? profile !== "l0") ? { logs } : {}),
        ...((otlp.enabled ?? full) ? { otlp } : {}),
        scrape: {
            annotations: scrape.annotations ?? full,
            textfiles: scrape.textfiles ?? full,
            targets: scrape.targets,
        },
    };
}
