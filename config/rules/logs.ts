import { inHours } from "../../platform/duration";
import { removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** Logs kept for at least a day: Loki's index is made of days, and its compactor deletes no finer. */
export function logRetention({ config: { logs }, customers }: Checked): Problem[] {
    const times: { path: Path; retention: string | undefined }[] = [
        { path: ["logs", "retention"], retention: logs?.retention },
        ...customers.map(({ position, customer }) => ({
            path: ["customers", position, "logs", "retention"],
            retention: customer.logs.retention,
        })),
    ];
    return times.flatMap(({ path, retention }) =>
        retention === undefined || inHours(retention) >= 24
            ? []
            : [
                  {
                      path,
                      value: `"${retention}"`,
                      problem: "is less than a day, and Loki deletes by days",
                      allowed: "at least 1d, or 0d to keep for ever",
                      paste: setCommand(path, "1d"),
                  },
              ],
    );
}

/** One retention and one set of limits for a whole tenant. */
export function tenantLogLimits({ customers }: Checked): Problem[] {
    const first = new Map<string, { position: number; limits: string }>();
    return customers.flatMap(({ position, customer }) => {
        const { retention, megabytesPerSecond, streams } = customer.logs;
        const own = { retention, megabytesPerSecond, streams };
        if (Object.values(own).every((limit) => limit === undefined)) {
            return [];
        }
        const tenant = customer.tenant ?? customer.name;
        const limits = JSON.stringify(own);
        const other = first.get(tenant);
        first.set(tenant, other ?? { position, limits });
        return other === undefined || other.limits === limits
            ? []
            : [
                  {
                      path: ["customers", position, "logs"],
                      problem: `has another ${Object.keys(own).join(", ")} than customers[${other.position}], which is the same tenant (${tenant}); Loki knows tenants, not clusters`,
                      allowed: "the same in every entry of a tenant, or in one entry only",
                      paste: removeCommand(["customers", position, "logs"]),
                  },
              ];
    });
}

/** No bucket that Loki would take for a part of its endpoint's name. */
export function logBucket({ config: { logs, storage } }: Checked): Problem[] {
    return logs?.enabled === true && storage?.provider === "s3" && storage.endpoint.split(".")[0] === storage.bucket
        ? [
              {
                  path: ["storage", "bucket"],
                  value: `"${storage.bucket}"`,
                  problem: `is also the first part of storage.endpoint (${storage.endpoint}), and Loki refuses to start with such a bucket`,
                  allowed: "another bucket or another name of the endpoint, such as its IP address; or no logs",
                  paste: setCommand(["logs", "enabled"], false),
              },
          ]
        : [];
}
