import { load } from "../../config/load";
import type { Problem } from "../../config/problems";
import { problemsFoundBy, rightConfig, spoiled } from "./fixture";

const problems = (config: Record<string, unknown>): Problem[] => problemsFoundBy(load, config);
const customer = (changes: object) => ({
    ...rightConfig(),
    customers: [{ name: "acme-1", context: "acme-1", ...changes }],
});
const target = (name: string) => ({ name, addresses: ["10.0.0.7:9100"] });

test("what is pushed and scraped may be all that there is", () => {
    const otlp = {
        enabled: true,
        attributes: { domain: "edge", "my.cluster": "x" },
        drop: ["container_.*", "(?i)go_(gc|sched)_\\d+"],
        nodePorts: { grpc: 30807, http: 30808 },
    };
    const scrape = { annotations: true, textfiles: true, targets: [target("gateway"), target("switch")] };
    expect(problems(customer({ otlp, scrape }))).toEqual([]);
});

test.each([
    [30807, "30808"],
    [32767, "32766"],
])("the two ports of nodes are not one: %i", (port, other) => {
    expect(problems(customer({ otlp: { nodePorts: { grpc: port, http: port } } }))).toEqual([
        expect.objectContaining({
            path: ["customers", 0, "otlp", "nodePorts", "http"],
            problem: expect.stringContaining("already") as string,
            paste: expect.stringMatching(new RegExp(`${other}$`)) as string,
        }),
    ]);
});

// The last three are expressions elsewhere, and not in RE2.
test.each(["(", "[z-a]", "a(?=b)", "(?<!a)b", "(a)\\1"])(
    "%s is no expression that the collector knows",
    (expression) => {
        expect(problems(spoiled(["customers", 0, "otlp"], { drop: ["a", expression] }))).toEqual([
            expect.objectContaining({ path: ["customers", 0, "otlp", "drop", 1], value: `"${expression}"` }),
        ]);
    },
);

test.each(["cluster", "tenant", "prometheus.replica", "region"])("%s is no attribute to give", (name) => {
    const config = customer({ externalLabels: { region: "eu" }, otlp: { attributes: { [name]: "x" } } });
    expect(problems(config)).toEqual([expect.objectContaining({ path: ["customers", 0, "otlp", "attributes", name] })]);
});

test.each([
    [["gateway", "gateway"], 1, "in the list already"],
    [["node-exporter"], 0, "the platform's own"],
    [["kubernetes-pods"], 0, "the platform's own"],
    [["textfile"], 0, "the platform's own"],
    [["otlp-gateway"], 0, "the platform's own"],
])("targets %j have a job that is taken", (names, position, problem) => {
    expect(problems(customer({ scrape: { targets: names.map(target) } }))).toEqual([
        expect.objectContaining({
            path: ["customers", 0, "scrape", "targets", position, "name"],
            problem: expect.stringContaining(problem) as string,
        }),
    ]);
});

test("two clusters may have targets of one name", () => {
    const customers = ["acme-1", "globex-1"].map((name) => ({
        name,
        context: name,
        scrape: { targets: [target("gateway")] },
    }));
    expect(problems({ ...rightConfig(), customers })).toEqual([]);
});
