import { removeCommand, setCommand, setSecretCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** Stores elsewhere: no two of one name, and a client's certificate only with its key. */
export function stores({ config: { observer } }: Checked): Problem[] {
    const given = observer?.stores ?? [];
    const names = given.map(({ name }) => name);
    return given.flatMap(({ name, clientCertificate, clientKey }, position): Problem[] => {
        const path: Path = ["observer", "stores", position];
        return [
            ...(names.indexOf(name) === position
                ? []
                : [
                      {
                          path: [...path, "name"],
                          value: `"${name}"`,
                          problem: "names stores that are named already",
                          allowed: "a name that no other stores have",
                          paste: setCommand([...path, "name"], `${name}-2`),
                      },
                  ]),
            ...(clientCertificate !== undefined && clientKey === undefined
                ? [
                      {
                          path: [...path, "clientKey"],
                          problem: "is missing beside clientCertificate: Query could not show it",
                          allowed: "the key of clientCertificate, PEM",
                          paste: setSecretCommand([...path, "clientKey"]),
                      },
                  ]
                : []),
            ...(clientCertificate === undefined && clientKey !== undefined
                ? [
                      {
                          path: [...path, "clientCertificate"],
                          problem: "is missing beside clientKey: a key alone shows nothing",
                          allowed: "a PEM block that starts with -----BEGIN CERTIFICATE-----, or no clientKey",
                          paste: removeCommand([...path, "clientKey"]),
                      },
                  ]
                : []),
        ];
    });
}
