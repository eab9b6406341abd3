/**
 * The ruler: evaluates the fleet's rules against Query. In a cluster it is the operator's ThanosRuler, which reads
 * PrometheusRule objects; on one machine it is the same program with rule files.
 */
export const ruler = {
    /** Between two evaluations of a group. */
    evaluationInterval: "30s",
    /** How long results stay on the ruler's own disk, besides the bucket. */
    retention: "24h",
    /** Labels that would make one alert out of replicas many. */
    alertLabelsDropped: ["prometheus_replica", "receive_replica", "thanos_ruler_replica"],
} as const;

/** Which PrometheusRule objects the ruler evaluates; every other is the observer's own Prometheus' affair. */
export const rulerSelector = { "fleet-observability/evaluator": "thanos-ruler" } as const;

/** The places of a ruler on one machine. */
export interface RulerPlaces {
    http: string;
    grpc: string;
    dataDirectory: string;
    objstoreFile: string;
    ruleFile: string;
    /** URLs. */
    query: string;
    alertmanager: string;
    /** The replica's name. */
    replica: string;
}

/** The ruler's command line. The tenant label is set by nobody but receivers, so the ruler's own results have none. */
export function rulerArguments(places: RulerPlaces, observerName: string): string[] {
    return [
        "rule",
        `--http-address=${places.http}`,
        `--grpc-address=${places.grpc}`,
        `--data-dir=${places.dataDirectory}`,
        `--objstore.config-file=${places.objstoreFile}`,
        `--rule-file=${places.ruleFile}`,
        `--query=${places.query}`,
        `--alertmanagers.url=${places.alertmanager}`,
        `--eval-interval=${ruler.evaluationInterval}`,
        `--tsdb.retention=${ruler.retention}`,
        ...Object.entries(rulerLabels(observerName)).map(([name, value]) => `--label=${name}="${value}"`),
        `--label=thanos_ruler_replica="${places.replica}"`,
        ...ruler.alertLabelsDropped.map((label) => `--alert.label-drop=${label}`),
    ];
}

/** External labels of what the ruler records, unique among all writers of the bucket. */
export function rulerLabels(observerName: string): Record<string, string> {
    return { ruler: observerName };
}
