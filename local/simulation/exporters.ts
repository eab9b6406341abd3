import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { loopback } from "../ports";
import { simulatedTargets } from ".";
import { exposition, type SimulatedCluster, type SimulatedTarget } from "./series";

/** A scrape job of Prometheus' configuration. */
export interface ScrapeConfig {
    job_name: string;
    honor_labels?: boolean;
    metrics_path?: string;
    static_configs: { targets: string[]; labels?: Record<string, string> }[];
}

/** The HTTP server behind every simulated target: `/<cluster>/<number of the target>`. */
export class SimulatedExporters {
    private readonly server: Server;
    private readonly targets: Map<string, SimulatedTarget[]>;
    private readonly started = Date.now();

    constructor(clusters: SimulatedCluster[]) {
        this.targets = new Map(clusters.map((cluster) => [cluster.name, simulatedTargets(cluster)]));
        this.server = createServer((request, response) => {
            const [, cluster = "", index = ""] = (request.url ?? "").split("/");
            const target = this.targets.get(cluster)?.[Number(index)];
            if (target === undefined) {
                response.writeHead(404).end();
                return;
            }
            response
                .writeHead(200, { "content-type": "text/plain; version=0.0.4" })
                .end(exposition(target, (Date.now() - this.started) / 1000));
        });
    }

    /** Starts to listen. */
    async listen(): Promise<void> {
        this.server.listen(0, loopback);
        await once(this.server, "listening");
        this.server.unref();
    }

    /** How a cluster's agents scrape what is simulated for it: under the names that a real exporter would have. */
    scrapeConfigs(cluster: string): ScrapeConfig[] {
        const address = this.server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        return (this.targets.get(cluster) ?? []).map(({ job, instance, labels }, index) => ({
            job_name: `simulated-${index}`,
            // As kube-state-metrics and the kubelet are scraped: what they say of a pod is not about their own.
            honor_labels: true,
            metrics_path: `/${cluster}/${index}`,
            static_configs: [
                { targets: [`${loopback}:${port}`], labels: { job, instance, simulated: "true", ...labels } },
            ],
        }));
    }
}
