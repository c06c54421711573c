import type { ConnectCatalogOptions } from "@rerun-ts/catalog";
import type { CommandContext, FlagValues, Flags } from "rerun-ts/command";
import { readCa } from "./read-ca.ts";

/** The variable of the environment with the token. */
const TOKEN = "RERUN_CATALOG_TOKEN";

/** The flags with the login at a catalog, as those of `rerun-ts catalog`. */
export const LOGIN_FLAGS = {
  token: {
    kind: "text",
    value: "TOKEN",
    environment: TOKEN,
    option: "token",
    help: "The token of a user of the catalog",
  },
  "tls-ca": {
    kind: "text",
    value: "FILE",
    help: "The certificate of the catalog's authority, in PEM format",
  },
} as const satisfies Flags;

/** The login at a catalog, as options. @throws {UsageError} @throws {RerunError} `IO_ERROR` */
export async function catalogLogin(
  { token, "tls-ca": certificate }: FlagValues<typeof LOGIN_FLAGS>,
  { usageError }: Pick<CommandContext, "usageError">,
): Promise<Pick<ConnectCatalogOptions, "token" | "tls">> {
  // The message omits the value, which is a secret.
  if (token !== undefined && !/^[\x20-\x7e]+$/.test(token))
    throw usageError(
      `\`${token === process.env[TOKEN] ? TOKEN : "--token"}\` must be a non-empty string of ASCII characters without line breaks`,
    );
  return { token, tls: certificate === undefined ? undefined : { ca: await readCa("--tls-ca", certificate) } };
}
