import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { NatsConnectOptions } from "../nats/connect-nats.ts";

/** The login from the environment, and the certificates of a private authority. @throws {RerunError} `IO_ERROR` */
export async function connectOptionsOf(
  caFile: string | undefined,
  { NATS_USER: user, NATS_PASSWORD: pass, NATS_TOKEN: token }: NodeJS.ProcessEnv,
): Promise<NatsConnectOptions> {
  const tls = caFile === undefined ? {} : { tls: { ca: await readCa(caFile) } };
  if (user !== undefined && pass !== undefined) return { user, pass, ...tls };
  return token === undefined ? tls : { token, ...tls };
}

async function readCa(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new RerunError("IO_ERROR", `cannot read the certificates of --nats-ca: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
