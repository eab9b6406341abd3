/** What resources of one type are for: one sentence, or one for each kind of URN where the type serves several ends. */
type Purpose = string | [urn: RegExp, purpose: string][];

/** What each resource of the program is for, by its type. */
const purposes: Record<string, Purpose> = {
    "pulumi:pulumi:Stack": "The environment as a whole",
    "pulumi:pulumi:StackReference":
        "Reads the outputs of another stack: the environment's for a shard, or clusters' kubeconfigs",
    "pulumi:providers:kubernetes": "Reaches one cluster",
    "pulumi:providers:aws": "Reaches one region of AWS, or a store that speaks S3",

    "fleet-observability:index:CertificateAuthority": "Signs every certificate of the environment",
    "fleet-observability:index:ObserverCluster": "Stores, queries, alerts and shows",
    "fleet-observability:index:ReceiveEndpoint": "Where agents write to, with their certificates",
    "fleet-observability:index:TenantGateway": "Where customers' logs come in, and what they may ask for goes out",
    "fleet-observability:index:WebIngress":
        "Publishes Grafana, Prometheus, Alertmanager and Query, and tenants' Grafanas",
    "fleet-observability:index:CustomerClusters": "The customer clusters that send to the observer",
    "fleet-observability:index:ApplicationMonitoring": "An application's own Prometheus, and what it watches there",
    "fleet-observability:index:AzureBlobStore": "Keeps all history in Azure Blob Storage",
    "fleet-observability:index:AwsS3Store": "Keeps all history in AWS S3",
    "fleet-observability:index:S3CompatibleStore": "Keeps all history in a store that speaks S3",
    "fleet-observability:index:SwiftStore": "Keeps all history in OpenStack Swift",
    "fleet-observability:index:FilesystemStore": "Keeps all history on a volume of the observer; for trials",
    "fleet-observability:index:AzurePrivateDns": "Names the observer's hosts in an Azure private zone",
    "fleet-observability:index:Route53Dns": "Names the observer's hosts in a Route 53 zone",

    "tls:index/privateKey:PrivateKey": [
        [/::authority-key$/, "The authority's key; it leaves the state for nowhere"],
        [/-grafana-admin-seed$/, "What Grafana's admin password is made from"],
        [/-agents-key$/, "The agent issuer's key; agents' keys and certificates are computed from it"],
        [/-server-key$/, "The key of a server certificate"],
    ],
    "tls:index/selfSignedCert:SelfSignedCert": "The authority's certificate, by which agents know the observer",
    "tls:index/certRequest:CertRequest": [
        [/-agents-request$/, "Asks for the agent issuer's certificate"],
        [/-server-request$/, "Asks for a server certificate"],
    ],
    "tls:index/locallySignedCert:LocallySignedCert": [
        [/-agents-certificate$/, "The agent issuer's certificate; it signs what proves a cluster's customer"],
        [/-receive-server-certificate$/, "The receive routers' server certificate"],
        [/-tenants-server-certificate$/, "The tenant gateway's server certificate"],
        [/-web-server-certificate$/, "The web hosts' server certificate"],
    ],

    "kubernetes:core/v1:Namespace": "Holds everything that the platform puts into the cluster",
    "kubernetes:core/v1:NamespacePatch":
        "Holds everything that the platform puts into the cluster, every volume included",
    "kubernetes:core/v1:Service": [
        [/ApplicationMonitoring.*-prometheus$/, "The address of an application's Prometheus"],
        [/ApplicationMonitoring.*-postgres-exporter$/, "The address of the exporter of an application's database"],
        [/ReceiveEndpoint.*-service$/, "The address that agents write to"],
        [/TenantGateway.*-service$/, "The address of the tenant gateway"],
        [/TenantGateway.*-metrics$/, "The address of the tenant gateway's own metrics"],
        [/-thanos-query-[^:]+-service$/, "The address of a Query that answers for one tenant or application at a time"],
    ],
    "kubernetes:core/v1:ServiceAccount": "Who an application's Prometheus is to its cluster",
    "kubernetes:core/v1:PersistentVolumeClaimPatch": "The volume that holds all history",
    "kubernetes:core/v1:ConfigMap": [
        [/ApplicationMonitoring.*-statsd$/, "How statsd_exporter translates an application's metrics"],
        [/-receive-limits$/, "What each tenant may send"],
        [/TenantGateway.*-config$/, "What the tenant gateway lets through, and to whom"],
        [/-tenant-dashboards-/, "Dashboards of every tenant's Grafana"],
        [/-dashboard-/, "A dashboard for Grafana's sidecar to load"],
        [/-datasource(-[^:]+)?$/, "A datasource for Grafana's sidecar to load"],
        [/-probe-authorities$/, "The authorities to know what is probed by"],
        [/ObserverCluster.*-validation-/, "The script of a validation"],
    ],
    "kubernetes:core/v1:Secret": [
        [
            /ApplicationMonitoring.*-credentials$/,
            "The client certificate of an application's Prometheus, and the authorities to know the observers by",
        ],
        [/ApplicationMonitoring.*-postgres-exporter$/, "What the exporter of an application's database signs in with"],
        [/-objstore$/, "How Thanos reaches the object store"],
        [/-alert-receivers$/, "What alert receivers are reached with"],
        [/-grafana-admin$/, "Grafana's admin user and password"],
        [/-oidc$/, "The secret of the client that people sign in with"],
        [/-grafana-[^:]+-tls$/, "The certificate by which a tenant's own Grafana is that tenant"],
        [/-loki-config$/, "Loki's configuration; it reaches the object store with it"],
        [/-secure-stores$/, "How Query knows stores elsewhere, and what it shows them"],
        [/-tenants-tls$/, "The tenant gateway's certificate, and whose clients it lets in"],
        [/-receive-tls$/, "The receive routers' certificate, and whose clients may write"],
        [/-web-tls$/, "The web hosts' certificate"],
        [/-peer-credentials$/, "What the observer tells its peers with, and the authorities to know them by"],
        [/-credentials$/, "The cluster's client certificate, and the authorities to know the observers by"],
    ],
    "kubernetes:batch/v1:CronJob": [[/ObserverCluster.*-validation-/, "Runs a validation on its schedule"]],
    "kubernetes:helm.sh/v3:Release": [
        [/-crds$/, "The operator's custom resource definitions, upgraded here and never deleted"],
        [/ObserverCluster.*-kps$/, "Operator, Prometheus, ruler, Alertmanager, Grafana and exporters"],
        [/CustomerClusters.*-kps$/, "Operator, exporters, and agents that forward metrics and keep none"],
        [/-blackbox-exporter$/, "Asks endpoints from outside whether they answer"],
        [/-thanos$/, "Receives, stores, compacts and queries the fleet's metrics"],
        [/-loki$/, "Stores and answers queries of the fleet's logs and events"],
        [/ObserverCluster.*-grafana-/, "A tenant's own Grafana"],
        [/-alloy-logs$/, "Collects logs of pods and nodes, takes out what nobody may read, and sends the rest"],
        [/-alloy-events$/, "Collects the events of the Kubernetes API as logs"],
        [/-otlp-gateway$/, "Takes pushed metrics, and forwards them"],
    ],
    "kubernetes:apps/v1:Deployment": [
        [/ApplicationMonitoring.*-postgres-exporter$/, "The exporter of an application's database"],
        [/TenantGateway/, "Reads the tenant from the client's certificate, and passes on what it may ask for"],
        [/-thanos-query-[^:]+$/, "A Query that answers for one tenant or application at a time"],
    ],
    "kubernetes:policy/v1:PodDisruptionBudget": [
        [/TenantGateway/, "Lets nodes be drained without losing the tenant gateway"],
        [/-thanos-query-[^:]+$/, "Lets nodes be drained without losing a Query"],
    ],
    "kubernetes:networking.k8s.io/v1:NetworkPolicy":
        "Lets only its own callers reach a Query, which believes their header",
    "kubernetes:rbac.authorization.k8s.io/v1:Role": "What an application's Prometheus finds in its own namespace",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": "Lets an application's Prometheus find it",
    "kubernetes:monitoring.coreos.com/v1:Prometheus":
        "An application's own Prometheus: it keeps its metrics, and sends them to the observers",
    "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": [
        [/ApplicationMonitoring.*-postgres-exporter$/, "Has the exporter of an application's database scraped"],
        [/ApplicationMonitoring.*-prometheus$/, "Has an application's Prometheus scrape itself"],
        [/ApplicationMonitoring/, "Has one service of an application scraped"],
        [/TenantGateway/, "Has the tenant gateway scraped"],
        [/-thanos-query-[^:]+$/, "Has a Query scraped"],
    ],
    "kubernetes:monitoring.coreos.com/v1:PodMonitor": "Has the statsd_exporters beside an application's pods scraped",
    "kubernetes:monitoring.coreos.com/v1alpha1:ScrapeConfig": [
        [/-probe-[^:]+$/, "Has hosts of one kind probed"],
        [/-exporter-[^:]+$/, "Has the exporters of an infrastructure scraped"],
    ],
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule": [
        [/ApplicationMonitoring.*-inventory$/, "Says that the application's Prometheus is expected to report"],
        [/CustomerClusters.*-inventory$/, "Says which clusters are expected to report"],
        [/ObserverCluster.*-rules-/, "Fleet rules for the ruler to evaluate"],
    ],
    "kubernetes:monitoring.coreos.com/v1:Probe": "Has one endpoint probed",
    "kubernetes:gateway.networking.k8s.io/v1:Gateway": "Ends the web hosts' TLS",
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": "Leads a web host to its Service",
    "kubernetes:networking.k8s.io/v1:Ingress": "Leads the web hosts to their Services, over TLS",

    "azure-native:storage:StorageAccount": "The storage account of the blocks",
    "azure-native:storage:BlobServiceProperties": "Lets deleted blobs, versions and containers be brought back",
    "azure-native:storage:BlobContainer": "The container of the blocks",
    "azure-native:storage:ManagementPolicy": "Drops old versions, and cools old blocks where config says so",
    "azure-native:managedidentity:UserAssignedIdentity": "Who the pods that read and write blocks are to Azure",
    "azure-native:managedidentity:FederatedIdentityCredential": "Trusts one service account of the observer cluster",
    "azure-native:authorization:RoleAssignment": "Lets that identity read, write and delete blobs in the container",
    "azure-native:privatedns:PrivateRecordSet": "The DNS record of one host",

    "aws:s3/bucket:Bucket": "The bucket of the blocks",
    "aws:s3/bucketVersioning:BucketVersioning": "Lets overwritten and deleted objects be brought back",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "Encrypts the bucket",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": "Turns access lists off",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "Keeps the public out",
    "aws:s3/bucketPolicy:BucketPolicy": "Refuses every request that does not come over TLS",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "Drops old versions and broken uploads",
    "aws:iam/role:Role": "Who the pods that read and write blocks are to AWS",
    "aws:iam/rolePolicy:RolePolicy": "Lets that role read, write and delete objects in the bucket",
    "aws:route53/record:Record": "The DNS record of one host",
};

/** What a resource is for, in a sentence; undefined for a resource that the table above does not know. */
export function purposeOf({ type, urn }: { type: string; urn: string }): string | undefined {
    const purpose = purposes[type];
    return typeof purpose === "object" ? purpose.find(([pattern]) => pattern.test(urn))?.[1] : purpose;
}
