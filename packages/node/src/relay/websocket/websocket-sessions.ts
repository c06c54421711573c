/** How many sessions are remembered, and for how long after their connection has ended. */
const MAX_SESSIONS = 1000;
const REMEMBERED_MS = 10 * 60_000;

/** One sequence of records, which goes on when its connection is made anew. */
export interface WebSocketSession {
  /** The number of the first record that the relay does not hold. */
  next: number;
  /** Ends the connection that carries it. */
  endConnection: (() => void) | undefined;
  /** When that ended. */
  endedAt: number;
}

/** The sessions that a relay knows, the one that was used last at the end. */
export class WebSocketSessions {
  readonly #sessions = new Map<string, WebSocketSession>();

  /** The session of a client that says hello, and whether it was known. */
  find(id: Uint8Array, first: number): { readonly session: WebSocketSession; readonly isKnown: boolean } {
    this.#forgetOld();
    const key = Buffer.from(id).toString("latin1");
    const known = this.#sessions.get(key);
    // A number below the first one that it still has would never be sent.
    const isKnown = known !== undefined && known.next >= first;
    const session = isKnown ? known : { next: first, endConnection: undefined, endedAt: Infinity };
    known?.endConnection?.();
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return { session, isKnown };
  }

  /** The session of what a page posts, whose connection may still be there, or may come again. */
  peek(id: Uint8Array, first: number): WebSocketSession {
    const known = this.#sessions.get(Buffer.from(id).toString("latin1"));
    if (known !== undefined && known.next >= first) return known;
    const { session } = this.find(id, first);
    session.endedAt = performance.now();
    return session;
  }

  #forgetOld(): void {
    const now = performance.now();
    for (const [key, { endConnection, endedAt }] of this.#sessions) {
      const isOver = endConnection === undefined;
      const isTooMany = this.#sessions.size >= MAX_SESSIONS;
      if (isOver && (isTooMany || now - endedAt > REMEMBERED_MS)) this.#sessions.delete(key);
      else if (!isTooMany) return;
    }
  }
}
