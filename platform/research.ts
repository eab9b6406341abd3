import type { ResearchMonitor } from "./monitors";
import type { Relabeling } from "./relabeling";

/** Whether a cluster belongs to the environment; all do when none is named. */
export function isResearch({ clusters }: ResearchMonitor, cluster: string): boolean {
    return clusters.length === 0 || clusters.includes(cluster);
}

/** Seconds between two evaluations of what users have used: a sum over time is so many times what was used. */
export const usageInterval = 60;

/** Far more pseudonyms than users, and still a number that JSON keeps whole. */
const modulus = 2 ** 48;

const salt = "__tmp_tenant";
const hash = "__tmp_pseudonym";

/** A label that names a person. */
interface PersonalLabel {
    label: string;
    /** What stands before the pseudonym. */
    prefix: string;
    /** Only where the values of these labels, and then of `label`, match, joined by semicolons. */
    when?: { labels: string[]; regex: string };
}

/** Labels by which a person can be known, whatever the preset. */
const personalLabels: PersonalLabel[] = [
    { label: "username", prefix: "user-" },
    { label: "approver", prefix: "user-" },
    { label: "annotation_hub_jupyter_org_username", prefix: "user-" },
    // kubespawner's names for a user's pod and volume hold the user's name, escaped; others keep theirs.
    ...["pod", "exported_pod"].map((label) => ({
        label,
        prefix: "jupyter-",
        when: { labels: [], regex: "jupyter-.+" },
    })),
    { label: "persistentvolumeclaim", prefix: "claim-", when: { labels: [], regex: "claim-.+" } },
    // Whoever makes a user or a binding names it after the user.
    { label: "name", prefix: "object-", when: { labels: ["__name__"], regex: "tre_(?:user|workspace_binding)_.+;.+" } },
];

/** A desktop of karectl is named by its user, and its pod after it. */
const desktopLabels: PersonalLabel[] = [
    {
        label: "name",
        prefix: "object-",
        when: { labels: ["__name__"], regex: "tre_workspace_(?:info|created|expires|status);.+" },
    },
    { label: "workspace", prefix: "object-", when: { labels: ["__name__"], regex: "tre_workspace_binding_.+;.+" } },
    { label: "owner_name", prefix: "object-", when: { labels: ["owner_kind"], regex: "VDIInstance;.+" } },
    { label: "created_by_name", prefix: "object-", when: { labels: ["created_by_kind"], regex: "VDIInstance;.+" } },
    ...["pod", "exported_pod"].map((label) => ({ label, prefix: "vdi-", when: { labels: [], regex: "vdi-.+" } })),
];

/**
 * What a cluster of the environment does to a series before it is sent: whatever names a person becomes a pseudonym, the
 * same in all clusters of a tenant and another in each tenant. To be put after what decides which series are sent.
 */
export function pseudonyms({ preset, pseudonymiseUsers }: ResearchMonitor, tenant: string): Relabeling[] {
    if (!pseudonymiseUsers) {
        return [];
    }
    const labels = [...personalLabels, ...(preset === "karectl" ? desktopLabels : [])];
    return [
        // Series get their tenant from the receiver, which is too late.
        { action: "replace", targetLabel: salt, replacement: tenant },
        ...labels.flatMap(({ label, prefix, when = { labels: [], regex: ".+" } }): Relabeling[] => [
            { action: "hashmod", sourceLabels: [salt, label], targetLabel: hash, modulus },
            {
                action: "replace",
                sourceLabels: [...when.labels, label, hash],
                regex: `${when.regex};(\\d+)`,
                targetLabel: label,
                replacement: `${prefix}$1`,
            },
        ]),
        { action: "labeldrop", regex: `${salt}|${hash}` },
    ];
}
