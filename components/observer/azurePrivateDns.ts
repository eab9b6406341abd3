import { isIPv4 } from "node:net";
import { PrivateRecordSet } from "@pulumi/azure-native/privatedns";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecord } from "./dnsRecord";

/** Arguments of records in an Azure private zone. */
export interface AzurePrivateDnsArgs {
    /** The zone, which exists. */
    zone: string;
    /** Its resource group. */
    resourceGroup: string;
    /** Time to live, in seconds. */
    ttl: number;
    records: DnsRecord[];
}

/** A record per host in an existing Azure private zone. */
export class AzurePrivateDns extends pulumi.ComponentResource {
    constructor(name: string, args: AzurePrivateDnsArgs, opts: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:AzurePrivateDns", name, {}, opts);
        for (const { label, target } of args.records) {
            const address = pulumi.output(target);
            new PrivateRecordSet(
                `${name}-${label}`,
                {
                    privateZoneName: args.zone,
                    resourceGroupName: args.resourceGroup,
                    relativeRecordSetName: label,
                    ttl: args.ttl,
                    // The type may be known only during `up`, when a load balancer has said what it is.
                    recordType: address.apply((known) => (isIPv4(known) ? "A" : "CNAME")),
                    aRecords: address.apply((known) => (isIPv4(known) ? [{ ipv4Address: known }] : [])),
                    cnameRecord: address.apply((known) => (isIPv4(known) ? undefined : { cname: known })),
                },
                { parent: this },
            );
        }
        this.registerOutputs({});
    }
}
