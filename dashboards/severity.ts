import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Column } from "./panels";

/** An alert's severity, in its colour. */
export const severity: Column = {
    title: "Severity",
    from: { label: "severity" },
    width: 90,
    colored: true,
    mappings: [
        {
            type: MappingType.ValueToText,
            options: { page: { color: "red", index: 0 }, ticket: { color: "orange", index: 1 } },
        },
    ],
};

/** Pages come before tickets. */
export function pagesFirst() {
    return [new TableSortByFieldStateBuilder().displayName(severity.title).desc(false)];
}
