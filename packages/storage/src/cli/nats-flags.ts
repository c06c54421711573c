import type { NatsConnectOptions } from "../nats/connect-nats.ts";
import { readCa } from "./read-ca.ts";

/** The login from the environment, and the certificates of a private authority. @throws {RerunError} `IO_ERROR` */
export async function connectOptionsOf(
  caFile: string | undefined,
  { NATS_USER: user, NATS_PASSWORD: pass, NATS_TOKEN: token }: NodeJS.ProcessEnv,
): Promise<NatsConnectOptions> {
  const tls = caFile === undefined ? {} : { tls: { ca: await readCa("--nats-ca", caFile) } };
  // An empty variable is none, as for other tools.
  if (user !== undefined && user !== "" && pass !== undefined) return { user, pass, ...tls };
  return token === undefined || token === "" ? tls : { token, ...tls };
}
