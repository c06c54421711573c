import { RerunError, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import {
  AuthorizationError,
  PermissionViolationError,
  UserAuthenticationExpiredError,
  type NatsConnection,
} from "@nats-io/nats-core";
import { connect, type NodeConnectionOptions } from "@nats-io/transport-node";
import type { NatsAddress } from "./nats-address.ts";

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

/** Connects, and ends the connection. @throws {RerunError} `AUTH` if the server denies access; others are no failure */
export async function checkLogin(address: NatsAddress, options: NatsConnectOptions): Promise<void> {
  try {
    const connection = await connectNats(address, options);
    await connection.close();
  } catch (error) {
    if (isRerunError(error) && error.code === "AUTH") throw error;
  }
}

/** An error of the library, with what could not be done. */
export function natsError(text: string, error: unknown): RerunError {
  if (error instanceof RerunError) return error;
  // Requests wrap the answer of the server.
  const cause = error instanceof Error && error.cause instanceof PermissionViolationError ? error.cause : error;
  const isDenied = [AuthorizationError, PermissionViolationError, UserAuthenticationExpiredError].some(
    (type) => cause instanceof type,
  );
  return new RerunError(isDenied ? "AUTH" : "CONNECTION", `${text}: ${messageOf(cause)}`, { cause: error });
}
