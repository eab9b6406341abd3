import { block, component, quoted, type Block } from "./alloy";
import type { EventMonitor } from "./monitors";

/** The metric that the collectors count with; labels `event` and `namespace`. */
export const interestingEvents = "interesting_events_total";

/** How long an event's series stays after the last one (`max_idle_duration`). */
const remembered = "1h";

/** An event and the lines that tell of it. */
export interface InterestingEvent {
    /** The `event` label. */
    name: string;
    /** Which collector sees its lines. */
    seenIn: "pods" | "events";
    /** LogQL: labels, and what the line has or has not. Lines are seen after what is secret was taken out. */
    selector: string;
}

/** A LogQL selector; filters are `|=`, `!=`, `|~` or `!~` and what the line is held against. */
function selector(labels: string, ...filters: [operator: string, text: string][]): string {
    return [`{${labels}}`, ...filters.map(([operator, text]) => `${operator} ${quoted(text)}`)].join(" ");
}

/** The events that are counted, each by its own lines. */
export function countedEvents({ vault, adminActions, rollouts, custom }: EventMonitor): InterestingEvent[] {
    return [
        ...(vault ? [secretChanged] : []),
        ...(adminActions ? [syncAskedFor, permissionsChanged] : []),
        ...(rollouts ? [rolledOut] : []),
        ...custom.map(({ name, namespace, expression }): InterestingEvent => ({
            name,
            seenIn: "pods",
            selector: selector(`namespace=${quoted(namespace)}`, ["|~", expression]),
        })),
    ];
}

/** Vault's audit log has a line for the request and one for the response, which says whether it failed. */
const secretChanged: InterestingEvent = {
    name: "vault-secret-changed",
    seenIn: "pods",
    selector: selector(
        'app=~"vault|openbao"',
        ["|=", '"type":"response"'],
        ["|~", '"operation":"(create|update|patch|delete)"'],
        ["|~", '"mount_type":"(kv|generic)"'],
        ["!=", '"error":"'],
    ),
};

/** Argo CD's server makes the event for what a person asked for; its controller makes those of automatic syncs. */
const syncAskedFor: InterestingEvent = {
    name: "argocd-sync",
    seenIn: "events",
    selector: selector(
        'job="events"',
        ["|=", "sourcecomponent=argocd-server "],
        ["|=", "reason=OperationStarted "],
        ["|=", "initiated "],
    ),
};

/** The API server puts its own default roles right at every start. */
const permissionsChanged: InterestingEvent = {
    name: "permissions-changed",
    seenIn: "pods",
    selector: selector(
        'component="kube-apiserver"',
        ["|=", '"apiVersion":"audit.k8s.io/'],
        ["|=", '"stage":"ResponseComplete"'],
        ["|~", '"verb":"(create|update|patch|delete|deletecollection)"'],
        ["|~", '"resource":"(cluster)?role(binding)?s"'],
        ["!=", '"username":"system:apiserver"'],
    ),
};

/** A new ReplicaSet, or an old one again. One that grows from what it had is a Deployment that was scaled. */
const rolledOut: InterestingEvent = {
    name: "deployment-rolled-out",
    seenIn: "events",
    selector: selector(
        'job="events"',
        ["|=", "reason=ScalingReplicaSet "],
        ["|~", 'Scaled up replica set \\S+ (from 0 to [0-9]+|to [0-9]+( from 0)?)"'],
    ),
};

/** The component that counts an event; what it is given goes nowhere else, and keeps no label but its namespace. */
export function countingBlock({ name, selector }: InterestingEvent, index: number): Block {
    return component(
        "loki.process",
        `event_${index}`,
        { forward_to: [] },
        block(
            "stage.match",
            { selector },
            block("stage.label_keep", { values: ["namespace"] }),
            block("stage.static_labels", { values: { event: name } }),
            block(
                "stage.metrics",
                {},
                block("metric.counter", {
                    // Alloy puts a prefix of its own where there is none.
                    prefix: "interesting_",
                    name: "events_total",
                    description: "Lines that tell of an interesting event.",
                    match_all: true,
                    action: "inc",
                    max_idle_duration: remembered,
                }),
            ),
        ),
    );
}
