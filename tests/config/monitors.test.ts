import { completeMonitors, givenMonitors } from "../../config/monitors";
import { monitors } from "../../config/schema/monitors";
import { everyMonitor } from "../../local/simulation";
import { exampleSections } from "../automation/examples";

test.each([
    ["nothing", {}],
    ["what the example of production watches", exampleSections("prod").monitors],
    ["everything", everyMonitor],
])("%s comes back complete", (_what, section) => {
    const settings = monitors.parse(section);
    const given: unknown = JSON.parse(JSON.stringify(givenMonitors(settings)));
    expect(completeMonitors(given as Record<string, unknown>)).toEqual(settings);
});

test("defaults are not told", () => {
    expect(givenMonitors(monitors.parse({}))).toEqual({});
    expect(givenMonitors(monitors.parse({ kaas: { thresholds: { nodeCpu: { ticket: 50 } } } }))).toEqual({
        kaas: { thresholds: { nodeCpu: { ticket: 50 } } },
    });
});
