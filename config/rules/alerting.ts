import { reservedReceivers } from "../../platform/alertmanager";
import { removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** Every route leads to a receiver. */
export function alertRoutes({ config: { alerting } }: Checked): Problem[] {
    if (alerting === undefined) {
        return [];
    }
    const known = Object.keys(alerting.receivers);
    const allowed = known.length === 0 ? "alerting.receivers has none yet" : known.join(", ");
    const named = (path: Path, receiver: string | undefined): Problem[] =>
        receiver === undefined || known.includes(receiver)
            ? []
            : [
                  {
                      path,
                      value: `"${receiver}"`,
                      problem: "is not the name of a receiver",
                      allowed,
                      paste:
                          known[0] === undefined
                              ? setCommand(["alerting", "receivers", receiver, "kind"], "slack")
                              : setCommand(path, known[0]),
                  },
              ];
    return [
        ...known
            .filter((name) => reservedReceivers.includes(name))
            .map((name) => ({
                path: ["alerting", "receivers", name],
                problem: "is a receiver's name that the platform uses itself",
                allowed: `any name but ${reservedReceivers.join(", ")}`,
                paste: removeCommand(["alerting", "receivers", name]),
            })),
        ...named(["alerting", "defaultReceiver"], alerting.defaultReceiver),
        ...alerting.routes.flatMap((route, position) =>
            named(["alerting", "routes", position, "receiver"], route.receiver),
        ),
        ...(known.length > 0 && alerting.defaultReceiver === undefined
            ? [
                  {
                      path: ["alerting", "defaultReceiver"] as Path,
                      problem: "is missing: an alert that no route matches would reach nobody",
                      allowed,
                      paste: setCommand(["alerting", "defaultReceiver"], known[0] ?? ""),
                  },
              ]
            : []),
        ...(alerting.businessHours.from >= alerting.businessHours.to
            ? [
                  {
                      path: ["alerting", "businessHours", "to"] as Path,
                      value: `"${alerting.businessHours.to}"`,
                      problem: `is not after businessHours.from (${alerting.businessHours.from})`,
                      allowed: "a later time of the same day, HH:MM",
                      paste: setCommand(["alerting", "businessHours", "to"], "18:00"),
                  },
              ]
            : []),
    ];
}
