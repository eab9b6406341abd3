import { load } from "../../config/load";
import { problemsFoundBy, spoiled } from "./fixture";

const pem = "-----BEGIN CERTIFICATE-----\nMII";
const testbed = { name: "testbed", addresses: ["thanos.testbed.example.org:443"] };

const problemsOf = (stores: unknown[]) =>
    problemsFoundBy(load, spoiled(["observer", "stores"], stores)).map(({ path, problem }) => [
        path.join("."),
        problem.replace(/:.*/, ""),
    ]);

test("stores elsewhere are right with or without a certificate to show", () => {
    expect(problemsOf([testbed, { ...testbed, name: "other", clientCertificate: pem, clientKey: "key" }])).toEqual([]);
});

test.each([
    ["two of one name", [testbed, testbed], [["observer.stores.1.name", "names stores that are named already"]]],
    [
        "a certificate without its key",
        [{ ...testbed, clientCertificate: pem }],
        [["observer.stores.0.clientKey", "is missing beside clientCertificate"]],
    ],
    [
        "a key without its certificate",
        [{ ...testbed, clientKey: "key" }],
        [["observer.stores.0.clientCertificate", "is missing beside clientKey"]],
    ],
])("stores elsewhere are wrong with %s", (_, stores, problems) => {
    expect(problemsOf(stores)).toEqual(problems);
});
