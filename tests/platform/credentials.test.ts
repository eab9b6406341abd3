import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { credentialPeriod, signer } from "../../platform/credentials";

const day = 86_400_000;
const now = new Date("2026-11-21T10:00:00Z");
const names = Array.from({ length: 200 }, (_, index) => `cluster-${index}`);

function newIssuer() {
    const privateKey = generateKeyPairSync("ed25519").privateKey;
    return {
        certificate: "-----BEGIN CERTIFICATE-----\nissuer\n-----END CERTIFICATE-----\n",
        privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    };
}

const issuer = newIssuer();

describe("a cluster's certificate", () => {
    test("is the same at every up until it is due, and then another one with another key", async () => {
        const sign = await signer(issuer);
        const writer = { cluster: "acme-1", tenant: "acme" };
        const { start, expires } = credentialPeriod("acme-1", now);
        const first = await sign(writer, now);
        expect(await (await signer(issuer))(writer, start)).toEqual(first);
        expect(await sign(writer, new Date(expires.getTime() - 60 * day - 1))).toEqual(first);
        const next = await sign(writer, new Date(expires.getTime() - 60 * day));
        expect(next.certificate).not.toBe(first.certificate);
        expect(next.privateKey).not.toBe(first.privateKey);
    });

    test("says who writes, for a year, and proves it by the issuer's signature", async () => {
        const { certificate, privateKey } = await (await signer(issuer))({ cluster: "acme-1", tenant: "acme" }, now);
        const leaf = new X509Certificate(certificate);
        const { start, expires } = credentialPeriod("acme-1", now);
        expect(leaf.subject).toBe("CN=acme");
        expect(leaf.issuer).toBe("CN=fleet-observability agents");
        expect(leaf.ca).toBe(false);
        expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
        expect(new Date(leaf.validFrom)).toEqual(start);
        expect(new Date(leaf.validTo)).toEqual(expires);
        expect(expires.getTime() - start.getTime()).toBe(365 * day);
        expect(leaf.verify(createPublicKey(issuer.privateKey))).toBe(true);
        expect(leaf.verify(createPublicKey(newIssuer().privateKey))).toBe(false);
        expect(leaf.checkPrivateKey((await import("node:crypto")).createPrivateKey(privateKey))).toBe(true);
        expect(certificate.endsWith(issuer.certificate)).toBe(true);
    });

    test("says of who may only read that he does", async () => {
        const reader = { cluster: "grafana-acme", tenant: "acme", readsOnly: true };
        const { certificate } = await (await signer(issuer))(reader, now);
        expect(new X509Certificate(certificate).subject).toBe("CN=acme\nOU=reader");
    });

    test("is nobody else's: another cluster, tenant or issuer has another key and number", async () => {
        const sign = await signer(issuer);
        const all = await Promise.all([
            sign({ cluster: "acme-1", tenant: "acme" }, now),
            sign({ cluster: "acme-2", tenant: "acme" }, now),
            sign({ cluster: "acme-1", tenant: "globex" }, now),
            sign({ cluster: "acme-1", tenant: "acme", readsOnly: true }, now),
            (await signer(newIssuer()))({ cluster: "acme-1", tenant: "acme" }, now),
        ]);
        expect(new Set(all.map(({ privateKey }) => privateKey)).size).toBe(all.length);
        const serials = all.map(({ certificate }) => new X509Certificate(certificate).serialNumber);
        expect(new Set(serials).size).toBe(all.length);
    });

    test("is never refused for its age: between sixty days and a year are left", () => {
        for (const name of names) {
            const { start, expires } = credentialPeriod(name, now);
            expect(start.getTime()).toBeLessThanOrEqual(now.getTime());
            expect(expires.getTime() - now.getTime()).toBeGreaterThan(60 * day);
        }
    });

    test("is renewed on another day than its neighbours'", () => {
        const days = new Set(names.map((name) => credentialPeriod(name, now).start.toISOString().slice(0, 10)));
        expect(days.size).toBeGreaterThan(100);
    });
});
