import { isIPv4 } from "node:net";
import { Provider } from "@pulumi/aws/provider";
import { Record as Route53Record } from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecord } from "./dnsRecord";

/** Arguments of records in a Route 53 zone. */
export interface Route53DnsArgs {
    /** The hosted zone, which exists. */
    zoneId: string;
    /** The region of the AWS API to call. */
    region: string;
    /** Time to live, in seconds. */
    ttl: number;
    records: DnsRecord[];
}

/** A record per host in an existing Route 53 zone. */
export class Route53Dns extends pulumi.ComponentResource {
    constructor(name: string, args: Route53DnsArgs, opts: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:Route53Dns", name, {}, opts);
        const provider = new Provider(`${name}-aws`, { region: args.region as never }, { parent: this });
        for (const { label, host, target } of args.records) {
            new Route53Record(
                `${name}-${label}`,
                {
                    zoneId: args.zoneId,
                    name: host,
                    ttl: args.ttl,
                    // The type may be known only during `up`, when a load balancer has said what it is.
                    type: pulumi.output(target).apply((known) => (isIPv4(known) ? "A" : "CNAME")),
                    records: [target],
                },
                { parent: this, provider },
            );
        }
        this.registerOutputs({});
    }
}
