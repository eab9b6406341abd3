/** The images that the platform places without a chart, each at the one version that this program is tested with. */
import { thanos } from "./coordinates";

/** An image: its registry, its path there and its tag. */
export interface Image {
    readonly registry: string;
    readonly path: string;
    readonly tag: string;
}

/** The images, by the program in them. */
export const images = {
    /** The tenant gateway. https://hub.docker.com/_/caddy */
    caddy: { registry: "docker.io", path: "library/caddy", tag: "2.11.9" },
    /** Query with a scope of its own: the version of the Thanos chart. */
    thanos: { registry: "quay.io", path: "thanos/thanos", tag: thanos.appVersion },
    /** An application's Prometheus: that of kube-prometheus-stack, whose operator knows this version. */
    prometheus: { registry: "quay.io", path: "prometheus/prometheus", tag: "v3.14.0-distroless" },
    /** https://github.com/prometheus/statsd_exporter */
    statsdExporter: { registry: "quay.io", path: "prometheus/statsd-exporter", tag: "v0.31.0" },
    /** https://github.com/prometheus-community/postgres_exporter */
    postgresExporter: { registry: "quay.io", path: "prometheuscommunity/postgres-exporter", tag: "v0.19.1" },
} as const satisfies Record<string, Image>;

/**
 * An image as a container names it.
 *
 * @param registry replaces the image's own, as `mirror.imageRegistry` does; its path stays
 */
export function imageReference({ registry: own, path, tag }: Image, registry?: string): string {
    return `${registry ?? own}/${path}:${tag}`;
}
