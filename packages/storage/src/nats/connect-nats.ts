import { isRerunError } from "@rerun-ts/core";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect, type NodeConnectionOptions } from "@nats-io/transport-node";
import type { NatsAddress } from "./nats-address.ts";
import { natsError } from "./nats-errors.ts";

/** Options of a connection, by the requirements of the server. */
export type NatsConnectOptions = Pick<
  NodeConnectionOptions,
  "authenticator" | "user" | "pass" | "token" | "tls" | "name" | "inboxPrefix"
>;

const CONNECT_MS = 10_000;
/** A server that does not answer two of these is lost. */
const PING_MS = 5000;

/**
 * Connects once, without reconnecting: callers make another connection themselves, because they know what was in
 * flight.
 */
export async function connectNats(address: NatsAddress, options: NatsConnectOptions = {}): Promise<NatsConnection> {
  const { servers, isTls, login, href } = address;
  try {
    return await connect({
      ...login,
      ...(isTls && { tls: {} }),
      ...options,
      servers,
      reconnect: false,
      timeout: CONNECT_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
    });
  } catch (error) {
    throw natsError(`cannot connect to ${href}`, error);
  }
}

/** Connects, and ends the connection. @throws {RerunError} `AUTH` if the server denies access; other errors are not failures */
export async function checkLogin(address: NatsAddress, options: NatsConnectOptions): Promise<void> {
  try {
    const connection = await connectNats(address, options);
    await connection.close();
  } catch (error) {
    if (isRerunError(error) && error.code === "AUTH") throw error;
  }
}
