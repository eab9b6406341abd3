import { CronJob } from "@pulumi/kubernetes/batch/v1";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { ValidationMonitor } from "../../platform/monitors";
import { validationCronJob, validationName, validationScript } from "../../platform/validations";
import { metadata } from "../cluster/metadata";

/** A CronJob per validation, and its script in a ConfigMap. */
export function provisionValidations(
    name: string,
    validations: ValidationMonitor[],
    opts: pulumi.CustomResourceOptions,
): void {
    for (const validation of validations) {
        const script = new ConfigMap(
            `${name}-${validation.name}-script`,
            { metadata: metadata(validationName(validation.name)), data: validationScript(validation) },
            opts,
        );
        new CronJob(
            `${name}-${validation.name}`,
            { metadata: metadata(validationName(validation.name)), spec: validationCronJob(validation) },
            { ...opts, dependsOn: [script] },
        );
    }
}
