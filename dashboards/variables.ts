import {
    DatasourceVariableBuilder,
    QueryVariableBuilder,
    VariableRefresh,
    VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** The datasource of every panel: the variable, so that one dashboard serves whatever the datasource is called. */
export const datasource = { type: "prometheus", uid: "${datasource}" };

/** Restricts a selector to the tenants and clusters that are chosen. */
export const chosen = 'tenant=~"$tenant",cluster=~"$cluster"';

/** The variable `datasource`. */
export function datasourceVariable() {
    return new DatasourceVariableBuilder("datasource").label("Datasource").type("prometheus");
}

/** The variable `tenant`: the customers of the inventory. */
export function tenantVariable() {
    return inventoryVariable("tenant", "fleet_cluster_info").label("Customer");
}

/** The variable `cluster`: the clusters of the chosen customers. */
export function clusterVariable() {
    return inventoryVariable("cluster", 'fleet_cluster_info{tenant=~"$tenant"}').label("Cluster");
}

/** All is one pattern and not a list: a list of a thousand clusters would be in every query. */
function inventoryVariable(label: string, series: string) {
    const query = `label_values(${series}, ${label})`;
    return new QueryVariableBuilder(label)
        .datasource(datasource)
        .query({ query, refId: label })
        .definition(query)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.NaturalAsc)
        .multi(true)
        .includeAll(true)
        .allValue(".+")
        .current({ text: ["All"], value: ["$__all"] });
}

/**
 * A variable of a label's values among the series of the chosen customers and clusters.
 *
 * @param options.from a selector that PromQL would take, with `chosen` in it where its series have a customer
 * @param options.all what All stands for: whatever there is, which is the default, or the values that can be chosen
 */
export function labelVariable(
    name: string,
    options: { label: string; from: string; of?: string; multi?: boolean; all?: "any" | "listed" },
) {
    const query = `label_values(${options.from}, ${options.of ?? name})`;
    const variable = new QueryVariableBuilder(name)
        .label(options.label)
        .datasource(datasource)
        .query({ query, refId: name })
        .definition(query)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.NaturalAsc);
    if (options.multi === false) {
        return variable.multi(false).includeAll(false);
    }
    const several = variable
        .multi(true)
        .includeAll(true)
        .current({ text: ["All"], value: ["$__all"] });
    return options.all === "listed" ? several : several.allValue(".*");
}
