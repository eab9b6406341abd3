import { showLines } from "../../local/progress";

describe("showLines", () => {
    it("writes a line a step, in order, with what it says", async () => {
        const lines: string[] = [];
        await showLines(
            [
                { title: "One", run: () => Promise.resolve("done") },
                { title: "Two", run: () => Promise.resolve("") },
            ],
            (line) => lines.push(line),
        );
        expect(lines).toEqual(["One (0.0 s): done", "Two (0.0 s)"]);
    });

    it("stops at the step that fails", async () => {
        const later = jest.fn();
        const steps = [
            { title: "One", run: () => Promise.reject(new Error("broken")) },
            { title: "Two", run: later },
        ];
        await expect(showLines(steps, () => undefined)).rejects.toThrow("broken");
        expect(later).not.toHaveBeenCalled();
    });
});
