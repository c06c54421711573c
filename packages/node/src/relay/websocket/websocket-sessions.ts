/** The maximum number of sessions, and the time for which a session outlives its connection. */
const MAX_SESSIONS = 1000;
const RETENTION_MS = 10 * 60_000;

import type { ForwardedClient } from "../upstream.ts";

/** A sequence of numbered records of one client, which outlives its connections. */
export interface WebSocketSession {
  /** The number of the next record: the relay has all records before it. */
  next: number;
  /** Closes the connection of the session. `undefined` without a connection. */
  endConnection: (() => void) | undefined;
  /** The records on their way to the storage of an edge. */
  readonly upstream: ForwardedClient | undefined;
  /** The time at which the last connection ended, on the clock of `performance.now`. */
  endedAt: number;
  /** The number of failures to store messages before the session. */
  readonly failuresBefore: number;
}

type OpenUpstream = (sequence: { readonly session: Uint8Array; readonly first: number }) => ForwardedClient | undefined;

/** The sessions of a relay, the least recently used first. */
export class WebSocketSessions {
  readonly #sessions = new Map<string, WebSocketSession>();
  readonly #openUpstream: OpenUpstream;

  readonly #storeFailures: () => number;

  /**
   * @param openUpstream opens the storage for a session of an edge. Default: there is none
   * @param storeFailures how often messages of a relay could not be stored. Records of a session before such a failure
   * are sent again
   */
  constructor(openUpstream: OpenUpstream = () => undefined, storeFailures: () => number = () => 0) {
    this.#openUpstream = openUpstream;
    this.#storeFailures = storeFailures;
  }

  /** The session of a client that connects, and whether it is resumed. An older connection of the session is closed. */
  find(id: Uint8Array, first: number): { readonly session: WebSocketSession; readonly isKnown: boolean } {
    this.#evictOld();
    const key = Buffer.from(id).toString("latin1");
    const known = this.#sessions.get(key);
    // The client has dropped all records before `first`, so a session that needs one of them cannot be resumed.
    const isKnown = known !== undefined && known.next >= first && known.failuresBefore === this.#storeFailures();
    const session = isKnown ? known : this.#newSession(id, first);
    known?.endConnection?.();
    if (!isKnown) known?.upstream?.finish();
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return { session, isKnown };
  }

  /** The session of a posted body. Its connection, which may still be open or be restored later, is left alone. */
  peek(id: Uint8Array, first: number, isEdge = false): WebSocketSession {
    const known = this.#sessions.get(Buffer.from(id).toString("latin1"));
    if (known !== undefined && known.next >= first && known.failuresBefore === this.#storeFailures()) return known;
    // The page believes that this relay has the earlier records. When it returns, it must learn that the relay lacks
    // them.
    if (first > 0 && !isEdge) return this.#newSession(id, first);
    const { session } = this.find(id, first);
    session.endedAt = performance.now();
    return session;
  }

  #newSession(id: Uint8Array, first: number): WebSocketSession {
    const upstream = this.#openUpstream({ session: id, first });
    const failuresBefore = this.#storeFailures();
    return { next: first, endConnection: undefined, upstream, endedAt: Infinity, failuresBefore };
  }

  #evictOld(): void {
    const now = performance.now();
    for (const [key, { endConnection, upstream, endedAt }] of this.#sessions) {
      const isEnded = endConnection === undefined;
      const areTooMany = this.#sessions.size >= MAX_SESSIONS;
      if (isEnded && (areTooMany || now - endedAt > RETENTION_MS)) {
        upstream?.finish();
        this.#sessions.delete(key);
      } else if (!areTooMany) return;
    }
  }
}
