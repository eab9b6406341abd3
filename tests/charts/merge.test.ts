import * as fc from "fast-check";
import { mergeValues } from "../../charts/merge";

const keys = fc.constantFrom("a", "b", "c");
const plain = { noNullPrototype: true };

const values = fc.dictionary(
    keys,
    fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof(
            { maxDepth: 4 },
            fc.constantFrom<unknown>(null, undefined, 0, "", false, true, "text"),
            fc.array(tie("value"), { maxLength: 2 }),
            fc.dictionary(keys, tie("value"), plain),
        ),
    })).value,
    plain,
);

describe("mergeValues", () => {
    it("merges maps and replaces lists and scalars, the last overlay wins", () => {
        expect(
            mergeValues(
                { keep: 1, map: { a: 1, b: 1 }, list: [1, 2], scalar: "a" },
                { map: { b: 2 }, list: [3] },
                { map: { c: 3 }, scalar: "b" },
            ),
        ).toEqual({ keep: 1, map: { a: 1, b: 2, c: 3 }, list: [3], scalar: "b" });
    });

    it("keeps null, which makes Helm drop a default, and passes over undefined", () => {
        const merged = mergeValues({ a: { b: 1 }, c: 1, d: undefined }, { a: null, c: undefined });
        expect(Object.entries(merged)).toEqual([
            ["a", null],
            ["c", 1],
        ]);
        expect(mergeValues({ a: null }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
    });

    it("passes on what is neither map, list nor scalar as it is", () => {
        class Output {
            readonly inner = { a: 1 };
        }
        const output = new Output();
        expect(mergeValues<{ a: unknown; b?: unknown }>({ a: { x: 1 } }, { a: output, b: [output] })).toEqual({
            a: output,
            b: [output],
        });
        expect(mergeValues({ a: output }, {}).a).toBe(output);
    });

    it("takes __proto__ for a key like any other", () => {
        const merged = mergeValues({}, JSON.parse('{ "__proto__": { "polluted": true } }') as object);
        expect(Object.keys(merged)).toEqual(["__proto__"]);
        expect("polluted" in {}).toBe(false);
        expect("polluted" in merged).toBe(false);
    });

    it("changes nothing when merged with itself", () => {
        fc.assert(
            fc.property(values, (some) => {
                expect(mergeValues(some, some)).toStrictEqual(mergeValues(some));
            }),
        );
    });

    it("changes nothing when an overlay is merged twice", () => {
        fc.assert(
            fc.property(values, values, (base, overlay) => {
                expect(mergeValues(base, overlay, overlay)).toStrictEqual(mergeValues(base, overlay));
            }),
        );
    });

    it("has the empty map for an identity, on both sides", () => {
        fc.assert(
            fc.property(values, (some) => {
                expect(mergeValues(some, {})).toStrictEqual(mergeValues({}, some));
                expect(mergeValues(some, {})).toEqual(some);
            }),
        );
    });

    it("does not change its arguments, nor does changing its result", () => {
        fc.assert(
            fc.property(values, values, (base, overlay) => {
                const before = structuredClone([base, overlay]);
                scribble(mergeValues(base, overlay));
                expect([base, overlay]).toStrictEqual(before);
            }),
        );
    });
});

function scribble(value: unknown): void {
    if (typeof value === "object" && value !== null) {
        Object.values(value).forEach(scribble);
        Object.assign(value, { scribbled: true });
    }
}
