import { typeErrors } from "./typeCheck";

describe("typeErrors", () => {
    it("knows the types of functions' arguments", () => {
        expect(typeErrors("rate(up)")).toEqual([
            expect.stringContaining('expected type matrix in call to function "rate"'),
        ]);
        expect(typeErrors("sum by (cluster) (up[5m])")).not.toEqual([]);
        expect(typeErrors("up and 1")).not.toEqual([]);
    });

    it("accepts what is right", () => {
        expect(typeErrors("sum by (cluster) (rate(process_cpu_seconds_total[5m])) > 1")).toEqual([]);
    });
});
