import { parser } from "@prometheus-io/lezer-promql";

/** What rules about expressions look at. */
export interface Promql {
    /** The places that the grammar does not accept, each with some text around it. */
    errors: string[];
    /** The metrics that are asked for. */
    metrics: string[];
    /** How they are asked for, in the same order: with their matchers. */
    selectors: string[];
    aggregations: Clause[];
    /** Binary operations between two vectors. */
    joins: Clause[];
    /** The aggregations whose result goes into a join. */
    joined: Clause[];
    /** The range of each `rate`, `increase` and their like. */
    rateRanges: string[];
    /** Counters whose value is taken as it is, without a range. */
    rawCounters: string[];
}

/** The clause of an aggregation, or of a join: without a keyword where there is none. */
export interface Clause {
    keyword?: string;
    labels: string[];
    /** The whole aggregation, or join. */
    text: string;
}

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

const rates = new Set(["rate", "irate", "increase", "delta", "idelta", "deriv"]);
const scalarFunctions = new Set(["time", "scalar", "pi"]);

/** Reads an expression with the grammar that Prometheus' own editor uses. */
export function parsePromql(expression: string): Promql {
    const text = (node: SyntaxNode | null) => (node === null ? "" : expression.slice(node.from, node.to));

    const clause = (node: SyntaxNode, modifier: SyntaxNode | null): Clause => ({
        ...(modifier === null ? {} : { keyword: text(modifier.firstChild).toLowerCase() }),
        labels: (modifier?.getChild("GroupingLabels")?.getChildren("LabelName") ?? []).map(text),
        text: text(node),
    });

    const isVector = (node: SyntaxNode | null): boolean => {
        switch (node?.name) {
            case "ParenExpr":
                return isVector(node.firstChild);
            case "BinaryExpr":
                return isVector(node.firstChild) || isVector(node.lastChild);
            case "FunctionCall":
                return !scalarFunctions.has(text(node.getChild("FunctionIdentifier")));
            case "VectorSelector":
            case "AggregateExpr":
                return true;
            default:
                return false;
        }
    };

    const isJoined = (node: SyntaxNode): boolean => {
        const { parent } = node;
        return (
            parent !== null &&
            parent.name !== "AggregateExpr" &&
            ((parent.name === "BinaryExpr" && isVector(parent.firstChild) && isVector(parent.lastChild)) ||
                isJoined(parent))
        );
    };

    const isRanged = ({ parent }: SyntaxNode): boolean =>
        parent !== null &&
        (["MatrixSelector", "SubqueryExpr"].includes(parent.name) ||
            (!["AggregateExpr", "FunctionCall", "BinaryExpr"].includes(parent.name) && isRanged(parent)));

    const found: Promql = {
        errors: [],
        metrics: [],
        selectors: [],
        aggregations: [],
        joins: [],
        joined: [],
        rateRanges: [],
        rawCounters: [],
    };
    parser.parse(expression).iterate({
        enter({ node }) {
            if (node.type.isError) {
                found.errors.push(`at ${node.from}: ${expression.slice(Math.max(0, node.from - 10), node.to + 10)}`);
            } else if (node.name === "VectorSelector") {
                const metric = text(node.getChild("Identifier"));
                found.metrics.push(metric);
                found.selectors.push(text(node));
                if (metric.endsWith("_total") && !isRanged(node)) {
                    found.rawCounters.push(metric);
                }
            } else if (node.name === "AggregateExpr") {
                const aggregation = clause(node, node.getChild("AggregateModifier"));
                found.aggregations.push(aggregation);
                if (isJoined(node)) {
                    found.joined.push(aggregation);
                }
            } else if (node.name === "BinaryExpr" && isVector(node.firstChild) && isVector(node.lastChild)) {
                found.joins.push(clause(node, node.getChild("MatchingModifierClause")));
            } else if (node.name === "MatrixSelector" && rates.has(functionAround(node, text))) {
                found.rateRanges.push(text(node.lastChild));
            }
        },
    });
    return found;
}

function functionAround(node: SyntaxNode, text: (node: SyntaxNode | null) => string): string {
    return text(node.parent?.parent?.getChild("FunctionIdentifier") ?? null);
}
