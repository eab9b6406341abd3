import { parsePromql } from "../../promql/parse";

describe("parsePromql", () => {
    it("finds what the grammar does not accept, and where", () => {
        expect(parsePromql("sum by (cluster) (up").errors).toHaveLength(1);
        expect(parsePromql("rate(up[$__rate_interval])").errors[0]).toMatch(/^at 8: /);
        expect(parsePromql("sum by (cluster) (up)").errors).toEqual([]);
    });

    it("finds metrics and ranges of rates", () => {
        const { metrics, rateRanges } = parsePromql(
            'rate(a{x="1"}[5m]) + ignoring (b) max_over_time(b[1d]) / increase(c[1h])',
        );
        expect(metrics).toEqual(["a", "b", "c"]);
        expect(rateRanges).toEqual(["5m", "1h"]);
    });

    it("finds clauses of aggregations, whichever side they stand on", () => {
        const { aggregations } = parsePromql(
            "max(sum by (cluster, tenant) (a)) - count without (pod) (b) * (avg(c) by (cluster))",
        );
        expect(aggregations.map(({ keyword, labels }) => [keyword, labels])).toEqual([
            [undefined, []],
            ["by", ["cluster", "tenant"]],
            ["without", ["pod"]],
            ["by", ["cluster"]],
        ]);
    });

    it("takes operations between vectors for joins, and no others", () => {
        const joins = (expression: string) =>
            parsePromql(expression).joins.map(({ keyword, labels }) => [keyword, labels]);
        expect(joins("1 - a / b > 0.1 and on (cluster) c")).toEqual([
            ["on", ["cluster"]],
            [undefined, []],
        ]);
        expect(joins("a - on (cluster) group_right (tenant) b")).toEqual([["on", ["cluster"]]]);
        expect(joins("time() - (a) > scalar(b)")).toEqual([]);
        expect(joins("a unless ignoring (pod) vector(1)")).toEqual([["ignoring", ["pod"]]]);
    });
});
