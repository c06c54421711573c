import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { s3Store, type ObjectStore } from "@rerun-ts/storage";
import { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { S3_CREDENTIALS, S3Server } from "@rerun-ts/test-support/node/s3-server";
import { s3Program } from "@rerun-ts/test-support/setup/need-s3";
import { onTestFinished } from "vitest";
import type { Random } from "./test-random.ts";

const BAD_PERCENTAGE = 10;

/** The environment with the credentials of the store. */
export const S3_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
};

/** Starts a server, and a proxy in front of it of which a tenth of the requests fail. */
export async function startBadStore(
  folder: string,
  random: Random,
): Promise<{ proxy: BadHttpProxy; store: ObjectStore; server: S3Server }> {
  const data = join(folder, "s3");
  await mkdir(data);
  const server = await S3Server.start(s3Program(), { folder: data, buckets: ["bucket"] });
  const proxy = await BadHttpProxy.start(server.port);
  proxy.fate = ({ url = "" }) => {
    if (url.includes("/probe-") || random(100) >= BAD_PERCENTAGE) return "pass";
    return ([{ status: 503 }, "cut-before", "cut-after"] as const)[random(3)] ?? "pass";
  };
  onTestFinished(async () => {
    await proxy.stop();
    await server.stop();
  });
  return { proxy, server, store: s3Store("s3://bucket/prefix", { endpoint: server.url, credentials: S3_CREDENTIALS }) };
}
