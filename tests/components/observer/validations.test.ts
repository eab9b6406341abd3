import type { Plan, PlannedResource } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";

const dns = {
    name: "dns",
    schedule: "17 6 * * *",
    image: "docker.io/library/alpine:3.22",
    script: "nslookup portal.example.org",
};

function planOf(validations: unknown[]): Promise<Plan> {
    return planWith({ monitors: { validations } });
}

function ofValidations(plan: Plan): PlannedResource[] {
    return plan.resources.filter(({ name }) => name.startsWith("observer-validation-"));
}

describe("validations", () => {
    let resources: PlannedResource[];
    beforeAll(async () => {
        resources = ofValidations(await planOf([dns]));
    }, 60_000);

    it("are nothing where config has none", async () => {
        expect(ofValidations(await planOf([]))).toEqual([]);
    }, 60_000);

    const of = (kind: string) => resources.find(({ type }) => type.endsWith(kind))?.inputs ?? {};

    it("are a CronJob on the observer, and a script", () => {
        expect(resources.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
            "kubernetes:batch/v1:CronJob observer-validation-dns",
            "kubernetes:core/v1:ConfigMap observer-validation-dns-script",
        ]);
        for (const { inputs, provider } of resources) {
            expect(inputs).toMatchObject({ metadata: { name: "validation-dns", namespace: "observability" } });
            expect(provider?.split("::").at(-1)).toBe("observer");
        }
    });

    it("run one at a time, once, to an end, and are forgotten", () => {
        expect(of("CronJob").spec).toMatchObject({
            schedule: dns.schedule,
            concurrencyPolicy: "Forbid",
            successfulJobsHistoryLimit: 1,
            failedJobsHistoryLimit: 1,
            jobTemplate: {
                spec: { backoffLimit: 0, activeDeadlineSeconds: 3600, template: { spec: { restartPolicy: "Never" } } },
            },
        });
    });

    it("may do nothing but run their script", () => {
        expect(of("ConfigMap").data).toEqual({ "validate.sh": dns.script });
        expect(of("CronJob").spec).toMatchObject({
            jobTemplate: {
                spec: {
                    template: {
                        spec: {
                            automountServiceAccountToken: false,
                            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
                            containers: [
                                {
                                    image: dns.image,
                                    command: ["/bin/sh", "/validation/validate.sh"],
                                    envFrom: [{ secretRef: { name: "validation-dns", optional: true } }],
                                    securityContext: {
                                        allowPrivilegeEscalation: false,
                                        readOnlyRootFilesystem: true,
                                        capabilities: { drop: ["ALL"] },
                                    },
                                    resources: { limits: { memory: "256Mi" } },
                                },
                            ],
                            volumes: [{ configMap: { name: "validation-dns" } }, { emptyDir: {} }],
                        },
                    },
                },
            },
        });
    });
});
