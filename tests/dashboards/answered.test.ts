import { itWithPromtool } from "../alerts/promtool";
import { answers } from "./answered";

describe("every panel of every dashboard", () => {
    itWithPromtool("is answered by a simulated fleet, or says why it may be empty", () => {
        const wrong = answers().filter(
            ({ says, noValue }) => says === "error" || (says === "empty" && noValue === undefined),
        );
        expect(wrong).toEqual([]);
    });
});
