import { objectStoreServiceAccounts } from "../../platform/names";

/** A service account that a cloud identity trusts. */
export interface TrustedServiceAccount {
    /** The account's name. */
    name: string;
    /** What its tokens say they are about: the `sub` claim. */
    subject: string;
}

/** The service accounts whose pods read and write blocks, and no others. */
export function trustedServiceAccounts(namespace: string): TrustedServiceAccount[] {
    return Object.values(objectStoreServiceAccounts).map((name) => ({
        name,
        subject: `system:serviceaccount:${namespace}:${name}`,
    }));
}
