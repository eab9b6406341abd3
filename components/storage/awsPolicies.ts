/**
 * The policy documents of the S3 store. Keys are written in a fixed order: another order would be a difference in every
 * preview.
 */

/** Lets exactly the pods of `subjects` take the role, and only with a token made for AWS. */
export function trustPolicy(oidcProviderArn: string, subjects: string[]): string {
    // The provider's ARN is arn:…:oidc-provider/<issuer>, and issuers have slashes of their own.
    const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1);
    return document({
        Effect: "Allow",
        Principal: { Federated: oidcProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", [`${issuer}:sub`]: subjects } },
    });
}

/** What Thanos does to a bucket, and to the key that encrypts it. */
export function accessPolicy(bucketArn: string, encryptionKeyArn?: string): string {
    return document(
        { Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucketArn },
        { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: `${bucketArn}/*` },
        ...(encryptionKeyArn === undefined
            ? []
            : [{ Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: encryptionKeyArn }]),
    );
}

/** Refuses every request that does not come over TLS, whoever sends it. */
export function tlsOnlyPolicy(bucketArn: string): string {
    return document({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
}

function document(...statements: object[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
