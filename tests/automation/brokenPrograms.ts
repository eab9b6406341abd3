/** Plans programs that fail, each in place of index.ts, and prints how the plan failed. Run by mockEngine.test.ts. */
import { Module } from "node:module";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { planStack } from "../../automation/planStack";

const programs: Record<string, () => Promise<void>> = {
    "at once": () => Promise.reject(new Error("the program is wrong")),
    "in an apply": () => {
        const wrong = pulumi.output("value").apply((): string => {
            throw new Error("the apply is wrong");
        });
        new ConfigMap("config", { data: { wrong } });
        return Promise.resolve();
    },
};

async function main(): Promise<void> {
    const index = require.resolve("../../index");
    for (const [when, program] of Object.entries(programs)) {
        require.cache[index] = Object.assign(new Module(index), { exports: program, loaded: true });
        const failure: unknown = await planStack({ stack: "dev" }).catch((error: unknown) => error);
        console.log(`${when}: ${failure instanceof Error ? failure.message : "planned"}`);
    }
}

void main();
