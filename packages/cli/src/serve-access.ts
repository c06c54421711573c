import { readFileSync } from "node:fs";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { checkGrants, type AccessGrant, type RelayServerOptions, hasAnonymousWriters } from "@rerun-ts/node/relay";
import { UsageError } from "./command/usage-error.ts";

/**
 * Reads the rights of tokens from a file, without those of other datasets.
 *
 * @throws {RerunError} `IO_ERROR` if the file cannot be read
 * @throws {UsageError} if it is wrong
 */
export function readAccess(path: string, dataset: string | undefined): AccessGrant[] {
  const file = parse(path);
  const tokens = typeof file === "object" && file !== null && "tokens" in file ? file.tokens : undefined;
  if (!Array.isArray(tokens)) throw new UsageError(`${path} must be { "tokens": [ … ] }`);
  const all = (tokens as unknown[]).map((entry, index) => {
    const { dataset: of, ...grant } = (typeof entry === "object" ? (entry ?? {}) : {}) as AccessGrant & {
      dataset?: unknown;
    };
    if (of !== undefined && (typeof of !== "string" || of === ""))
      throw new UsageError(`\`tokens[${index}].dataset\` of ${path} must be a non-empty string`);
    return { of, grant };
  });
  try {
    // Checks all grants, so that a mistake shows for every dataset.
    checkGrants(
      "tokens",
      all.map(({ grant }) => grant),
    );
  } catch (error) {
    throw new UsageError(`${path}: ${messageOf(error)}`, { cause: error });
  }
  return all.filter(({ of }) => of === undefined || of === dataset).map(({ grant }) => grant);
}

/** @throws {UsageError} if everyone in the network could log to a bucket */
export function checkEdgeAccess(server: RelayServerOptions): void {
  if (!hasAnonymousWriters(server)) return;
  throw new UsageError(
    `\`--to\` with \`--bind ${server.bindIp}\` requires \`--write-token\` or \`--access\`: otherwise everyone who can connect writes to the dataset`,
  );
}

function parse(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read the file of --access: ${messageOf(error)}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message contains an excerpt, which may be a token.
    throw new UsageError(`${path} is not valid JSON`);
  }
}
