import type { Audience } from "../audience";
import { agents } from "./agents";
import { alerting } from "./alerting";
import { logs } from "./logs";
import { overview } from "./overview";
import { thanosQuery } from "./thanosQuery";
import { thanosReceive } from "./thanosReceive";
import { thanosStoreCompact } from "./thanosStoreCompact";

/** Whoever runs this platform. */
export const platform: Audience = {
    folder: "Platform",
    dashboards: (context) => [
        overview(context),
        thanosReceive(context),
        thanosQuery(context),
        thanosStoreCompact(context),
        agents(),
        logs(context),
        alerting(context),
    ],
};
