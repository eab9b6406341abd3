import { stringify } from "yaml";
import { compare, type ClusterCount, type Plan, type PlannedResource } from "./planStack";

/** A plan for people: the tree of resources, counts, outputs, and what is still to be done. */
export function planText(plan: Plan): string {
    return [
        `Stack ${plan.stack}: ${plan.resources.length} resources. Nothing was created.`,
        tree(plan.resources),
        section("Resources by cluster", plan.counts.map(countLine)),
        section("Outputs", stringify(plan.outputs, { lineWidth: 0 }).trimEnd().split("\n")),
        section(
            "Secrets still to be set before `pulumi up`",
            plan.secretsToSet.map(({ command }) => command),
        ),
        section("Warnings", plan.warnings),
    ]
        .filter((part) => part !== "")
        .join("\n\n")
        .concat("\n");
}

function section(title: string, lines: string[]): string {
    return lines.length === 0 ? "" : [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function countLine({ cluster, resources, byType }: ClusterCount): string {
    const kinds = Object.entries(byType).map(([type, count]) => `${count} ${kindOf(type)}`);
    return `${cluster}: ${resources} (${kinds.join(", ")})`;
}

/** A type as people say it: `Release`, `StorageAccount`, `kubernetes provider`. */
function kindOf(type: string): string {
    const last = type.slice(type.lastIndexOf(":") + 1);
    return type.startsWith("pulumi:providers:") ? `${last} provider` : last;
}

function tree(resources: PlannedResource[]): string {
    const rows = rowsBelow(resources, undefined, "");
    const width = Math.max(...rows.map(({ left }) => left.length));
    return rows.map(({ left, right }) => `${left.padEnd(width)}  ${right}`.trimEnd()).join("\n");
}

interface Row {
    left: string;
    right: string;
}

function rowsBelow(resources: PlannedResource[], parent: string | undefined, indent: string): Row[] {
    const children = resources
        .filter((resource) => resource.parent === parent)
        .sort((one, other) => compare(one.name, other.name) || compare(one.type, other.type));
    return children.flatMap((resource, position) => {
        const last = position === children.length - 1;
        const [branch, below] = parent === undefined ? ["", ""] : last ? ["└─ ", "   "] : ["├─ ", "│  "];
        const marks = [resource.protect ? "protected" : "", resource.retainOnDelete ? "kept on delete" : ""].filter(
            Boolean,
        );
        return [
            {
                left: `${indent}${branch}${kindOf(resource.type)} ${resource.name}`,
                right: [resource.purpose ?? "", ...(marks.length === 0 ? [] : [`[${marks.join(", ")}]`])].join(" "),
            },
            ...rowsBelow(resources, resource.urn, `${indent}${below}`),
        ];
    });
}
