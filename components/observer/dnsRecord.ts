import type * as pulumi from "@pulumi/pulumi";

/** One record: a name inside the zone and the address it leads to. */
export interface DnsRecord {
    /** The record's name inside the zone, such as `prod-grafana`. */
    label: string;
    /** The whole host. */
    host: string;
    /** An IP address or a host name. */
    target: pulumi.Input<string>;
}
