import { images, imageReference } from "../../charts/images";
import { applicationObjectLabel, applicationObjects, applicationServiceLabel } from "../../platform/application";
import { gunicornArguments, statsdExporter } from "../../platform/gunicorn";
import { restrictedContainer, restrictedPod } from "../cluster/restricted";

/** The name of the sidecar's port with metrics. */
export const metricsPort = "statsd-metrics";

/** The key of the mapping in its ConfigMap. */
export const mappingKey = "mapping.yaml";

const volume = "statsd-mapping";
const mountPath = "/etc/statsd";
const statsd = "127.0.0.1:9125";
const httpPort = 9102;

/** Whose sidecar it is. */
export interface StatsdSidecarArgs {
    /** The application's name in config. */
    application: string;
    /** Which of its services the pod is: the `service` label of its series. */
    service: string;
    /** Replaces the image's registry. */
    imageRegistry?: string;
}

/**
 * What a pod under Gunicorn needs for its metrics, to be put into its template: labels, the sidecar, the volume with its
 * mapping, and the environment of the container that runs Gunicorn. The application's code stays as it is.
 */
export function statsdSidecar({ application, service, imageRegistry }: StatsdSidecarArgs) {
    return {
        /** Labels of the pod. */
        labels: { [applicationObjectLabel]: application, [applicationServiceLabel]: service },
        /** A native sidecar: it is there before Gunicorn says how many workers it has, and until its last request. */
        initContainers: [
            {
                name: "statsd-exporter",
                image: imageReference(images.statsdExporter, imageRegistry),
                restartPolicy: "Always",
                args: statsdExporter({
                    statsd,
                    http: `:${httpPort}`,
                    mappingFile: `${mountPath}/${mappingKey}`,
                }),
                ports: [{ name: metricsPort, containerPort: httpPort }],
                // Gunicorn starts when this has answered. No readiness: without metrics the application still works.
                startupProbe: { httpGet: { path: "/-/ready", port: metricsPort }, periodSeconds: 1 },
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
                securityContext: { ...restrictedPod(65534), ...restrictedContainer },
                volumeMounts: [{ name: volume, mountPath, readOnly: true }],
            },
        ],
        volumes: [{ name: volume, configMap: { name: applicationObjects(application).statsd } }],
        /** The environment of the container that runs Gunicorn. */
        env: [{ name: "GUNICORN_CMD_ARGS", value: gunicornArguments(statsd, `${application}.${service}`) }],
    };
}
