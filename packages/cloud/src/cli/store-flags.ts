import { UsageError } from "@rerun-ts/node/parts";
import { s3Store } from "../s3/s3-store.ts";
import { fsStore } from "../store/fs-store.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The flags of commands that use a store. */
export const STORE_FLAGS = {
  endpoint: { type: "string" },
  region: { type: "string" },
  ca: { type: "string" },
} as const;

/** Opens the store of a command line: a bucket, or a folder. @throws {UsageError} if there is none */
export async function storeOf(
  flag: string,
  url: string | undefined,
  { endpoint, region, ca }: { readonly endpoint?: string; readonly region?: string; readonly ca?: string },
): Promise<ObjectStore> {
  if (url === undefined || url === "") throw new UsageError(`\`${flag}\` is required: s3://BUCKET/PREFIX, or a folder`);
  const [, scheme] = /^([\w+.-]+):\/\//.exec(url) ?? [];
  if (scheme === undefined || scheme === "file") return fsStore(url);
  if (scheme !== "s3")
    throw new UsageError(
      `\`${flag}\` must be s3://BUCKET/PREFIX, or a folder, got ${scheme}://…; the address of a server is \`--endpoint\``,
    );
  const { readFile } = await import("node:fs/promises");
  return s3Store(url, {
    // Also where other tools find it.
    endpoint: endpoint ?? process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"],
    region: region ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"],
    ca: ca === undefined ? undefined : await readFile(ca, "utf8"),
  });
}
