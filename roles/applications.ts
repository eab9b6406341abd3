import type { ApplicationMonitoringArgs } from "../components/application/applicationMonitoring";
import type { StackConfig } from "../config/schema";
import type { Application } from "../platform/application";

/** The applications of a cluster's entry, each apart from its database's password. */
export function applicationsOf({
    applications,
}: {
    applications: StackConfig["observer"]["applications"];
}): (Application & { postgresPassword?: ApplicationMonitoringArgs["postgresPassword"] })[] {
    return applications.map(({ postgres, ...application }) => {
        if (postgres === undefined) {
            return application;
        }
        const { password, passwordSecret, ...database } = postgres;
        return {
            ...application,
            postgres: database,
            postgresPassword: password === undefined ? { secretName: passwordSecret ?? "" } : { value: password },
        };
    });
}
