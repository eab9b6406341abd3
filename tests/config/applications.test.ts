import { load } from "../../config/load";
import { problemsFoundBy, rightConfig } from "./fixture";

const portal = { name: "portal", namespace: "portal" };
const database = { host: "db", database: "portal" };

/** What is wrong with the applications of a customer, or of the observer. */
function wrong(applications: object[], where: "customer" | "observer" = "customer") {
    const config = rightConfig();
    const [customer, ...others] = config["customers"] as object[];
    const sections =
        where === "customer"
            ? { customers: [{ ...customer, applications }, ...others] }
            : { observer: { ...(config["observer"] as object), applications } };
    return problemsFoundBy(load, { ...config, ...sections }).map(({ path, problem }) => [path.join("."), problem]);
}

test.each([
    ["nothing", [portal, { ...portal, name: "test" }], []],
    ["a name twice", [portal, portal], [["customers.0.applications.1.name", "is in the list already"]]],
    [
        "a service twice",
        [{ ...portal, services: ["a", "a"].map((name) => ({ name, selector: { app: "a" }, port: 80 })) }],
        [["customers.0.applications.0.services.1.name", "is in the list already"]],
    ],
    [
        "the platform's namespace",
        [{ ...portal, namespace: "observability" }],
        [["customers.0.applications.0.namespace", expect.stringContaining("is the platform's own")]],
    ],
    [
        "a database without a password",
        [{ ...portal, postgres: database }],
        [["customers.0.applications.0.postgres", "does not say the user's password"]],
    ],
    [
        "a database with two",
        [{ ...portal, postgres: { ...database, password: "canary", passwordSecret: "db" } }],
        [["customers.0.applications.0.postgres", "says the user's password more than once"]],
    ],
    ["nothing about either one", [{ ...portal, postgres: { ...database, passwordSecret: "db" } }], []],
])("of applications, %s is wrong", (_, applications, expected) => {
    expect(wrong(applications)).toEqual(expected);
});

test("the observer's applications are held to the same, and are apart from a customer's", () => {
    expect(wrong([portal, portal], "observer")).toEqual([["observer.applications.1.name", "is in the list already"]]);
});
