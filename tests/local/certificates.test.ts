import { createPublicKey, webcrypto, X509Certificate as NodeCertificate } from "node:crypto";
import { agentSigner, createAuthority, issue } from "../../local/certificates";
import {
    BasicConstraintsExtension,
    ExtendedKeyUsage,
    ExtendedKeyUsageExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    SubjectAlternativeNameExtension,
    X509Certificate,
    X509ChainBuilder,
} from "@peculiar/x509";
import { authorityTerms, clientTerms, serverTerms, type CertificateTerms } from "../../platform/certificates";

const issued = async () => {
    const authority = await createAuthority(authorityTerms("local"));
    return {
        authority,
        server: await issue(serverTerms(["127.0.0.1", "localhost"]), authority),
        client: await issue(clientTerms("customer-1"), authority),
    };
};

const hours = (certificate: X509Certificate) => (certificate.notAfter.getTime() - Date.now()) / 3_600_000;

const usages = (certificate: X509Certificate) => ({
    authority: certificate.getExtension(BasicConstraintsExtension)?.ca,
    key: certificate.getExtension(KeyUsagesExtension)?.usages,
    extended: certificate.getExtension(ExtendedKeyUsageExtension)?.usages,
});

describe("the local fleet's certificates", () => {
    it("are what platform/certificates.ts says", async () => {
        const { authority, server, client } = await issued();
        const cases: [string, CertificateTerms][] = [
            [authority.certificate, authorityTerms("local")],
            [server.certificate, serverTerms(["127.0.0.1", "localhost"])],
            [client.certificate, clientTerms("customer-1")],
        ];
        for (const [pem, terms] of cases) {
            const certificate = new X509Certificate(pem);
            expect(certificate.subjectName.getField("CN")).toEqual([terms.commonName]);
            expect(hours(certificate)).toBeCloseTo(terms.validityHours, 0);
            expect(certificate.notBefore.getTime()).toBeLessThan(Date.now());
        }
    });

    it("may be used for what they are for, and for nothing else", async () => {
        const { authority, server, client } = await issued();
        expect(usages(new X509Certificate(authority.certificate))).toEqual({
            authority: true,
            key: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
            extended: undefined,
        });
        expect(usages(new X509Certificate(server.certificate))).toEqual({
            authority: false,
            key: KeyUsageFlags.digitalSignature,
            extended: [ExtendedKeyUsage.serverAuth],
        });
        expect(usages(new X509Certificate(client.certificate))).toEqual({
            authority: false,
            key: KeyUsageFlags.digitalSignature,
            extended: [ExtendedKeyUsage.clientAuth],
        });
    });

    it("names the addresses that agents connect to", async () => {
        const { server, client } = await issued();
        const names = (pem: string) =>
            new X509Certificate(pem).getExtension(SubjectAlternativeNameExtension)?.names.toJSON();
        expect(names(server.certificate)).toEqual([
            { type: "dns", value: "localhost" },
            { type: "ip", value: "127.0.0.1" },
        ]);
        expect(names(client.certificate)).toBeUndefined();
    });

    it("are signed by the authority, and each key fits its certificate", async () => {
        const { authority, server, client } = await issued();
        const root = new X509Certificate(authority.certificate);
        for (const { certificate, key } of [server, client]) {
            const leaf = new X509Certificate(certificate);
            const chain = await new X509ChainBuilder({ certificates: [root] }).build(leaf, webcrypto);
            expect(chain.map((link) => link.subject)).toEqual([leaf.subject, root.subject]);
            const fromCertificate = new NodeCertificate(certificate).publicKey.export({ type: "spki", format: "pem" });
            expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(fromCertificate);
            expect(createPublicKey(key).asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
        }
    });

    it("are computed for agents as in clusters, and chain up to the authority that receivers trust", async () => {
        const { authority } = await issued();
        const sign = await agentSigner(authority);
        const { certificate } = await sign({ cluster: "cluster-1", tenant: "customer-1" }, new Date());
        const [leaf, issuer] = certificate.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem));
        const root = new X509Certificate(authority.certificate);
        const certificates = [issuer as X509Certificate, root];
        const chain = await new X509ChainBuilder({ certificates }).build(leaf as X509Certificate, webcrypto);
        expect(chain.map(({ subject }) => subject)).toEqual([
            "CN=customer-1",
            "CN=fleet-observability agents",
            root.subject,
        ]);
    });

    it("has a common name that is nobody else's syntax", async () => {
        const { authority } = await issued();
        const { certificate } = await issue({ ...clientTerms("customer-1"), commonName: "a, O=b" }, authority);
        expect(new X509Certificate(certificate).subjectName.getField("CN")).toEqual(["a, O=b"]);
    });
});
