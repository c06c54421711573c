import type { CommandContext } from "rerun-ts/command";

/** The variable of the environment with the token. */
const NAME = "RERUN_CATALOG_TOKEN";

/** The variables of the environment with the login at a catalog. */
export const CATALOG_ENVIRONMENT = { [NAME]: "The token for the catalog" } as const;

/** The token for a catalog from the environment, as an option. An empty one is none. @throws {UsageError} */
export function catalogToken({ usageError }: Pick<CommandContext, "usageError">): { readonly token?: string } {
  const token = process.env[NAME] ?? "";
  if (token === "") return {};
  // The message omits the value, which is a secret.
  if (!/^[\x20-\x7e]+$/.test(token)) throw usageError(`\`${NAME}\` must be ASCII characters without line breaks`);
  return { token };
}
