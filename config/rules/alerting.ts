import { reservedReceivers } from "../../platform/alertmanager";
import { nearest, removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { StackConfig } from "../schema";
import type { Checked } from "./checked";

type Receivers = StackConfig["alerting"]["receivers"];

/** Every route, and every application's team, leads to a receiver and to a channel that it can write to. */
export function alertRoutes({ config: { alerting, monitors } }: Checked): Problem[] {
    if (alerting === undefined) {
        return [];
    }
    const { receivers, routes, defaultReceiver, businessHours } = alerting;
    const known = Object.keys(receivers);
    const applications = monitors?.applications ?? [];
    return [
        ...known
            .filter((name) => reservedReceivers.includes(name))
            .map((name) => ({
                path: ["alerting", "receivers", name],
                problem: "is a receiver's name that the platform uses itself",
                allowed: `any name but ${reservedReceivers.join(", ")}`,
                paste: removeCommand(["alerting", "receivers", name]),
            })),
        ...unknownReceiver(["alerting", "defaultReceiver"], defaultReceiver, known),
        ...routes.flatMap((route, position) => told(["alerting", "routes", position], route, receivers)),
        ...(monitors === undefined
            ? []
            : routes.flatMap(({ application }, position) =>
                  unknownApplications(
                      ["alerting", "routes", position, "application"],
                      application ?? [],
                      applications.map(({ name }) => name),
                  ),
              )),
        ...applications.flatMap((application, position) =>
            told(["monitors", "applications", position], application, receivers),
        ),
        ...(known.length > 0 && defaultReceiver === undefined
            ? [
                  {
                      path: ["alerting", "defaultReceiver"] as Path,
                      problem: "is missing: an alert that no route matches would reach nobody",
                      allowed: known.join(", "),
                      paste: setCommand(["alerting", "defaultReceiver"], known[0] ?? ""),
                  },
              ]
            : []),
        ...(businessHours.from >= businessHours.to
            ? [
                  {
                      path: ["alerting", "businessHours", "to"] as Path,
                      value: `"${businessHours.to}"`,
                      problem: `is not after businessHours.from (${businessHours.from})`,
                      allowed: "a later time of the same day, HH:MM",
                      paste: setCommand(["alerting", "businessHours", "to"], "18:00"),
                  },
              ]
            : []),
    ];
}

/** Who a route or an application's team is. */
function told(path: Path, who: { receiver?: string; channel?: string }, receivers: Receivers): Problem[] {
    const unknown = unknownReceiver([...path, "receiver"], who.receiver, Object.keys(receivers));
    return unknown.length > 0 ? unknown : wrongChannel(path, who, receivers);
}

function unknownReceiver(path: Path, receiver: string | undefined, known: string[]): Problem[] {
    return receiver === undefined || known.includes(receiver)
        ? []
        : [
              {
                  path,
                  value: `"${receiver}"`,
                  problem: "is not the name of a receiver",
                  allowed: known.length === 0 ? "alerting.receivers has none yet" : known.join(", "),
                  paste:
                      known[0] === undefined
                          ? setCommand(["alerting", "receivers", receiver, "kind"], "slack")
                          : setCommand(path, nearest(receiver, known) ?? known[0]),
              },
          ];
}

/** An incoming webhook writes to its own channel whatever it is told, so the alert would be in a channel nobody expects. */
function wrongChannel(
    path: Path,
    { receiver, channel }: { receiver?: string; channel?: string },
    receivers: Receivers,
): Problem[] {
    const configured = receiver === undefined ? undefined : receivers[receiver];
    if (channel === undefined || configured?.kind === "slackBot") {
        return [];
    }
    const at = { path: [...path, "channel"], value: `"${channel}"` };
    if (receiver === undefined || configured === undefined) {
        const bot = Object.keys(receivers).find((name) => receivers[name]?.kind === "slackBot");
        return [
            {
                ...at,
                problem: "is given, and receiver is not: nobody would write there",
                allowed: "a channel beside a receiver of kind slackBot",
                paste: bot === undefined ? removeCommand(at.path) : setCommand([...path, "receiver"], bot),
            },
        ];
    }
    if (configured.kind === "slack") {
        return channel === configured.channel
            ? []
            : [
                  {
                      ...at,
                      problem: `is not the channel of ${receiver}: an incoming webhook writes only to its own`,
                      allowed: `${configured.channel}, or any channel where ${receiver} is of kind slackBot`,
                      paste: setCommand(at.path, configured.channel),
                  },
              ];
    }
    return [
        {
            ...at,
            problem: `is a Slack channel, and ${receiver} is of kind ${configured.kind}`,
            allowed: "a channel beside a receiver of kind slackBot",
            paste: removeCommand(at.path),
        },
    ];
}

function unknownApplications(path: Path, names: string[], known: string[]): Problem[] {
    return names.flatMap((name, position) =>
        known.includes(name)
            ? []
            : [
                  {
                      path: [...path, position],
                      value: `"${name}"`,
                      problem: "is not the name of an application",
                      allowed: known.length === 0 ? "monitors.applications has none yet" : known.join(", "),
                      paste:
                          known[0] === undefined
                              ? removeCommand([...path, position])
                              : setCommand([...path, position], nearest(name, known) ?? known[0]),
                  },
              ],
    );
}
