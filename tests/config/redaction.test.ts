import { load } from "../../config/load";
import { problemsFoundBy, spoiled } from "./fixture";

const inLogs = ["customers", 0, "logs", "redact"];
const inEvents = ["monitors", "events", "custom"];
const redacted = (expression: string) => problemsFoundBy(load, spoiled(inLogs, [{ name: "patient", expression }]));
const counted = (expression: string) =>
    problemsFoundBy(load, spoiled(inEvents, [{ name: "revoked", namespace: "portal", expression }]));

test.each(["patient=(\\d+)", "patient=\\d+", "(?:a|b)c", "(?i)case (\\S+)"])("%s can be taken out", (expression) => {
    expect(redacted(expression)).toEqual([]);
});

test.each([
    ["patient=(\\d+", /is not RE2/],
    ["(?=patient)x", /is not RE2/],
    ["(a)(b)", /has 2 groups/],
    ["\\d*", /matches nothing at all/],
])("%s cannot be taken out", (expression, problem) => {
    expect(redacted(expression)).toEqual([
        expect.objectContaining({
            path: [...inLogs, 0, "expression"],
            value: JSON.stringify(expression),
            problem: expect.stringMatching(problem) as unknown,
        }),
    ]);
});

test("an event's expression may have groups, and must be RE2", () => {
    expect(counted("token (revoked|deleted) by (\\w+)")).toEqual([]);
    expect(counted("(?<!a)b")).toEqual([
        expect.objectContaining({
            path: [...inEvents, 0, "expression"],
            problem: expect.stringMatching("is not RE2") as unknown,
        }),
    ]);
});
