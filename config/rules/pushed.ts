import { RE2JS } from "re2js";
import { platformJobs } from "../../platform/keepList";
import { otlpRelease } from "../../platform/names";
import { reservedLabels } from "../../platform/remoteWrite";
import { annotatedPodsJob, textfileJob } from "../../platform/scrape";
import { removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** A port of the nodes serves one protocol. What else opens ports on the nodes of a customer nobody here can know. */
export function nodePorts({ customers }: Checked): Problem[] {
    return customers.flatMap(({ position, customer }) => {
        const ports = customer.otlp.nodePorts;
        if (ports === undefined || ports.grpc !== ports.http) {
            return [];
        }
        const path: Path = ["customers", position, "otlp", "nodePorts", "http"];
        return [
            {
                path,
                value: String(ports.http),
                problem: "is the port of OTLP/gRPC already",
                allowed: "30000 to 32767, another than grpc",
                paste: setCommand(path, ports.grpc === 32767 ? ports.grpc - 1 : ports.grpc + 1),
            },
        ];
    });
}

/** Expressions that the collector can compile: it would not start with another. */
export function droppedMetrics({ customers }: Checked): Problem[] {
    return customers.flatMap(({ position, customer }) =>
        customer.otlp.drop.flatMap((expression, index) => {
            const reason = notAnExpression(expression);
            const path: Path = ["customers", position, "otlp", "drop", index];
            return reason === undefined
                ? []
                : [
                      {
                          path,
                          value: `"${expression}"`,
                          problem: `is not a regular expression: ${reason}`,
                          allowed: "an RE2 expression",
                          paste: setCommand(path, "container_.*"),
                      },
                  ];
        }),
    );
}

function notAnExpression(expression: string): string | undefined {
    try {
        RE2JS.compile(expression);
        return undefined;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}

/** Attributes that would be renamed at once, because the label is one that the platform or the cluster has. */
export function pushedAttributes({ customers }: Checked): Problem[] {
    return customers.flatMap(({ position, customer }) => {
        const taken = [...reservedLabels, ...Object.keys(customer.externalLabels)];
        return Object.keys(customer.otlp.attributes)
            .filter((name) => taken.includes(name.replaceAll(/[^a-zA-Z0-9]+/g, "_")))
            .map((name) => {
                const path: Path = ["customers", position, "otlp", "attributes", name];
                return {
                    path,
                    problem: "becomes a label that everything from this cluster has already",
                    allowed: `any but ${taken.join(", ")}`,
                    paste: removeCommand(path),
                };
            });
    });
}

/** Jobs of the platform's own, which a target must not be taken for. */
const ownJobs = [...platformJobs, annotatedPodsJob, textfileJob, otlpRelease];

/** No two jobs of one name in a cluster. */
export function scrapeTargetNames({ customers }: Checked): Problem[] {
    return customers.flatMap(({ position, customer }) => {
        const taken = new Set<string>();
        return customer.scrape.targets.flatMap(({ name }, index) => {
            const path: Path = ["customers", position, "scrape", "targets", index, "name"];
            const twice = taken.has(name);
            taken.add(name);
            return twice || ownJobs.includes(name)
                ? [
                      {
                          path,
                          value: `"${name}"`,
                          problem: twice ? "is in the list already" : "is a job of the platform's own",
                          allowed: "a name that no other job of the cluster has",
                          paste: setCommand(path, `${name}-2`),
                      },
                  ]
                : [];
        });
    });
}
