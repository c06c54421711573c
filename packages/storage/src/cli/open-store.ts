import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { CommandContext, FlagValues } from "rerun-ts/command";
import { statOf } from "@rerun-ts/node/files";
import { environmentCredentials } from "../s3/s3-credentials.ts";
import { labelledS3Store } from "../s3/s3-store.ts";
import { fsStore } from "../store/fs-store.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { readCa } from "./read-ca.ts";
import type { STORE_FLAGS } from "./store-table.ts";

type StoreValues = FlagValues<typeof STORE_FLAGS>;
type Usage = Pick<CommandContext, "usageError" | "warn">;

/**
 * Opens the store of a command line: a bucket, or a folder.
 *
 * @throws {UsageError} if it is neither
 * @throws {RerunError} `AUTH` if the environment has no credentials for a bucket, `IO_ERROR` if `--ca` cannot be read
 */
export async function storeOf(flag: string, url: string, values: StoreValues, context: Usage): Promise<ObjectStore> {
  const { ca } = values;
  const [, scheme] = /^([\w+.-]+):\/\//.exec(url) ?? [];
  if (scheme === undefined || scheme === "file") {
    checkFolder(flag, url, values.endpoint, context);
    return fsStore(url);
  }
  if (scheme !== "s3")
    throw context.usageError(
      `\`${flag}\` must be s3://BUCKET/PREFIX, or a folder, got ${scheme}://…; the address of a server is \`--endpoint\``,
    );
  // Without credentials no request can succeed.
  checkEnvironment(process.env);
  // The same variables as for other tools.
  const endpoint = given("--endpoint", values.endpoint, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
  const region = given("--region", values.region, "AWS_REGION", "AWS_DEFAULT_REGION");
  const options = {
    endpoint: endpoint.value,
    region: region.value,
    ca: ca === undefined ? undefined : await readCa("--ca", ca),
  };
  // Names the flags, because other arguments of the command are URLs, too.
  const labels = { endpoint: `\`${endpoint.name}\``, region: `\`${region.name}\``, ca: "`--ca`" };
  try {
    return labelledS3Store(url, options, labels, once(context.warn));
  } catch (error) {
    const names: Readonly<Record<string, string>> = { ...labels, url: `\`${flag}\`` };
    throw context.usageError(messageOf(error).replace(/^`(\w+)`/, (text, name: string) => names[name] ?? text));
  }
}

/** A function that passes its first text on, and no others: each request of a command may have to wait. */
function once(report: (text: string) => void): (text: string) => void {
  let isDone = false;
  return (text) => {
    if (!isDone) report(text);
    isDone = true;
  };
}

/** The value of a flag, or of the first variable that is not empty, and the name of whichever it is. */
function given(
  flag: string,
  value: string | undefined,
  ...variables: readonly string[]
): { readonly name: string; readonly value: string | undefined } {
  const name = value === undefined ? variables.find((each) => (process.env[each] ?? "") !== "") : undefined;
  return name === undefined ? { name: flag, value } : { name, value: process.env[name] };
}

/**
 * Checks that a folder is meant, and not a bucket: data in a new folder beside the program would be missed much later.
 *
 * @throws {UsageError}
 */
function checkFolder(flag: string, path: string, endpoint: string | undefined, context: Usage): void {
  const isPlain = /^[\w-][^:\\]*$/.test(path);
  if (endpoint !== undefined)
    throw context.usageError(
      `\`--endpoint\` requires s3://BUCKET/PREFIX, got the folder ${path}${isPlain ? `; write s3://${path} for a bucket` : ""}`,
    );
  if (isPlain && !existsSync(path))
    throw context.usageError(
      `\`${flag}\` must be s3://BUCKET/PREFIX, or a folder: write s3://${path} for a bucket, or ./${path} for a new folder`,
    );
}

/** Opens a store that has something already: a folder is not created. @throws {RerunError} `NOT_FOUND`, as {@link storeOf} */
export async function existingStoreOf(
  ...[flag, url, values, context]: Parameters<typeof storeOf>
): ReturnType<typeof storeOf> {
  const store = await storeOf(flag, url, values, context);
  if (!store.url.startsWith("file:")) return store;
  const path = fileURLToPath(store.url);
  if (statOf(path)?.isDirectory() === true) return store;
  throw new RerunError("NOT_FOUND", `there is no folder ${path}; check \`${flag}\`, which must be a folder with parts`);
}

function checkEnvironment(environment: NodeJS.ProcessEnv): void {
  const missing = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0)
    throw new RerunError(
      "AUTH",
      `there are no credentials for the bucket: set ${missing.join(" and ")} in the environment ` +
        "(profiles in ~/.aws are not read: `aws configure export-credentials --format env` prints theirs)",
    );
  environmentCredentials();
}
