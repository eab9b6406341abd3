import type { Monitors } from "./monitors";
import { namespace } from "./names";

/** The ServiceMonitor for Harbor, where `cluster` is the one on which the platform makes it; else nothing. */
export function harborMonitors({ harbor }: Monitors, cluster: string) {
    return harbor?.scrapeOn === cluster
        ? [
              {
                  apiVersion: "monitoring.coreos.com/v1",
                  kind: "ServiceMonitor",
                  metadata: { name: "harbor", namespace },
                  spec: {
                      // As Harbor's chart names them: core, jobservice, registry and exporter.
                      selector: { matchLabels: { app: "harbor" } },
                      namespaceSelector: { matchNames: [harbor.namespace] },
                      endpoints: [{ port: "http-metrics", honorLabels: true }],
                  },
              },
          ]
        : [];
}
