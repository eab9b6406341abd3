import { accessPolicy, tlsOnlyPolicy, trustPolicy } from "../../../components/storage/awsPolicies";

describe("the issuer is what follows the provider's kind in its ARN, slashes and all", () => {
    test.each([
        [
            "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
            "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
        ],
        [
            "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLE",
            "oidc.eks.cn-north-1.amazonaws.com.cn/id/EXAMPLE",
        ],
        ["arn:aws-us-gov:iam::123456789012:oidc-provider/issuer.example.org", "issuer.example.org"],
    ])("%s", (arn, issuer) => {
        const { Statement } = JSON.parse(trustPolicy(arn, ["a", "b"])) as { Statement: unknown };
        expect(Statement).toEqual([
            expect.objectContaining({
                Principal: { Federated: arn },
                Condition: { StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: ["a", "b"] } },
            }),
        ]);
    });
});

test("no statement allows anything on everything", () => {
    for (const policy of [
        accessPolicy("arn:aws:s3:::bucket"),
        accessPolicy("arn:aws:s3:::bucket", "arn:aws:kms:r:1:key/k"),
    ]) {
        const { Statement } = JSON.parse(policy) as { Statement: { Action: string[]; Resource: string }[] };
        for (const { Action, Resource } of Statement) {
            expect(Action.join()).not.toContain("*");
            expect(Resource).toMatch(/^arn:aws:(s3:::bucket|kms:)/);
        }
    }
});

test("the same arguments give the same text", () => {
    expect(accessPolicy("arn:aws:s3:::bucket", "k")).toBe(accessPolicy("arn:aws:s3:::bucket", "k"));
    expect(tlsOnlyPolicy("arn:aws:s3:::bucket")).toBe(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",' +
            '"Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"],' +
            '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}',
    );
});
