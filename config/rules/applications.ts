import { namespace } from "../../platform/names";
import type { StackConfig } from "../schema";
import { removeCommand, setCommand, setSecretCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";
import { twice } from "./monitors";

type Applications = StackConfig["observer"]["applications"];

/** What no two applications of a cluster share, and what each needs. */
export function applicationMonitoring({ config: { observer }, customers }: Checked): Problem[] {
    return [
        ...ofCluster(["observer", "applications"], observer?.applications ?? []),
        ...customers.flatMap(({ position, customer }) =>
            ofCluster(["customers", position, "applications"], customer.applications),
        ),
    ];
}

function ofCluster(list: Path, applications: Applications): Problem[] {
    return [
        ...twice(list, "name", applications),
        ...applications.flatMap((application, position) => {
            const path: Path = [...list, position];
            return [
                ...twice([...path, "services"], "name", application.services),
                ...ownNamespace([...path, "namespace"], application),
                ...onePassword([...path, "postgres"], application),
            ];
        }),
    ];
}

function ownNamespace(path: Path, application: Applications[number]): Problem[] {
    return application.namespace === namespace
        ? [
              {
                  path,
                  value: `"${namespace}"`,
                  problem: "is the platform's own: its Prometheus would see the platform's Secrets and pods",
                  allowed: "the namespace in which the application runs",
                  paste: setCommand(path, application.name),
              },
          ]
        : [];
}

function onePassword(path: Path, { postgres }: Applications[number]): Problem[] {
    if (postgres === undefined) {
        return [];
    }
    const given = [postgres.password, postgres.passwordSecret].filter((each) => each !== undefined).length;
    return given === 1
        ? []
        : [
              {
                  path,
                  problem: given === 0 ? "does not say the user's password" : "says the user's password more than once",
                  allowed: "exactly one of password, passwordSecret",
                  paste:
                      given === 0
                          ? setSecretCommand([...path, "password"])
                          : removeCommand([...path, "passwordSecret"]),
              },
          ];
}
