import type { Http2Connection } from "./http2-connection.ts";

/** The time for which a connection waits for the next recording. */
const IDLE_MS = 1000;

/** The connection that the last finished recording has left, by the origin of its server. */
const idle = new Map<string, Http2Connection>();

/** Keeps the connection of a finished recording for the next one, so that many short recordings share a connection. */
export function keepConnection(connection: Http2Connection): void {
  const { authority } = connection;
  if (!connection.isOpen || idle.has(authority)) return connection.abort();
  idle.set(authority, connection);
  setTimeout(() => {
    if (idle.get(authority) !== connection) return;
    idle.delete(authority);
    connection.abort();
  }, IDLE_MS).unref();
}

/** Takes the connection that is kept for a server, if it is still open. */
export function takeConnection(origin: string): Http2Connection | undefined {
  const connection = idle.get(origin);
  idle.delete(origin);
  return connection?.isOpen === true ? connection : undefined;
}
