import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { addSeries, countSeries, savings, savingsTable } from "../../bench/savings";
import { fromPrometheus } from "../../bench/sources";
import { platformJobs } from "../../platform/keepList";

const page = [
    "# HELP up 1 is up.",
    "# TYPE http_seconds histogram",
    'http_seconds_bucket{le="1",path="/a b{c}"} 1',
    'http_seconds_bucket{le="+Inf",path="/a b{c}"} 1 1700000000000',
    "http_seconds_sum 1",
    "http_seconds_count 1",
    "node:load1 0.5",
    "",
    "# EOF",
].join("\n");

const counted = new Map([
    ["http_seconds_bucket", 2],
    ["http_seconds_sum", 1],
    ["http_seconds_count", 1],
    ["node:load1", 1],
]);

test("series of a page are counted by the name that Prometheus stores", () => {
    expect(countSeries(page)).toEqual(counted);
    expect(countSeries("")).toEqual(new Map());
});

test("pages of one job are counted together", () => {
    const counts = new Map([["kubelet", new Map([["up", 1]])]]);
    addSeries(counts, "kubelet", new Map([["up", 1]]));
    addSeries(counts, "coredns", new Map([["up", 1]]));
    addSeries(counts, "kubelet", new Map([["go_threads", 1]]));
    expect(counts).toEqual(
        new Map([
            [
                "kubelet",
                new Map([
                    ["up", 2],
                    ["go_threads", 1],
                ]),
            ],
            ["coredns", new Map([["up", 1]])],
        ]),
    );
});

test("a platform job sends what is needed and what config wants besides, another job everything", () => {
    const counts = new Map([
        ["my-app", counted],
        ["kubelet", counted],
    ]);
    expect(savings(counts, ["http_seconds_bucket", "up"], [])).toEqual([
        { job: "kubelet", exposed: 5, sent: 2 },
        { job: "my-app", exposed: 5, sent: 5 },
    ]);
    expect(savings(counts, ["http_seconds"], ["http_.*_(sum|count)", "load1"])[0]?.sent).toBe(2);
});

test("the table has each job and the total", () => {
    const jobs = [
        { job: "kubelet", exposed: 1000, sent: 125 },
        { job: "coredns", exposed: 0, sent: 0 },
    ];
    expect(savingsTable(jobs).split("\n")).toEqual([
        "| job     | series exposed | series sent |  saved |",
        "| ------- | -------------: | ----------: | -----: |",
        "| kubelet |           1000 |         125 | 87.5 % |",
        "| coredns |              0 |           0 |      – |",
        "| total   |           1000 |         125 | 87.5 % |",
        "",
    ]);
});

describe("a running Prometheus", () => {
    /** Asks one that gives this answer; returns what it was asked, too. */
    async function ask(status: number, answer: unknown) {
        const asked: string[] = [];
        const server = createServer((request, response) => {
            request.on("data", (chunk: Buffer) => asked.push(chunk.toString()));
            request.on("end", () => response.writeHead(status).end(JSON.stringify(answer)));
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        try {
            const counts = await fromPrometheus(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
            return { asked: new URLSearchParams(asked.join("")).get("query"), counts };
        } finally {
            server.close();
        }
    }

    it("is asked once, about the platform's jobs", async () => {
        const of = (job: string, __name__: string, value: string) => ({ metric: { job, __name__ }, value: [0, value] });
        const result = [of("kubelet", "up", "3"), of("kubelet", "go_threads", "6"), of("coredns", "up", "2")];
        expect(await ask(200, { status: "success", data: { result } })).toEqual({
            asked: `count by (job, __name__) ({job=~"${platformJobs.join("|")}"})`,
            counts: new Map([
                [
                    "kubelet",
                    new Map([
                        ["up", 3],
                        ["go_threads", 6],
                    ]),
                ],
                ["coredns", new Map([["up", 2]])],
            ]),
        });
    });

    it("that refuses is an error with its reason", async () => {
        const refusal = ask(503, { status: "error", error: "unavailable with Prometheus Agent" });
        await expect(refusal).rejects.toThrow("unavailable with Prometheus Agent");
    });
});
