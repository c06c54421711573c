import type { MsgCallback, Msg, NatsConnection } from "@nats-io/nats-core";
import { violationIn } from "./nats-errors.ts";

/** A subscription that was denied is tried again after this time. */
const RETRY_MS = 60_000;
/** A denial that does not come again in this time is over. Longer than the pauses between attempts. */
const OVER_MS = 5 * 60_000;

/** A right that a program lacks. */
export interface DeniedRight {
  /** The right, as administrators grant it, such as `publish to rr-ack.fleet.*`. */
  readonly name: string;
  /** A sentence about it. */
  readonly message: string;
}

/**
 * Calls back each time the server denies a right. Most denials are the answer to no call, so that nothing else would
 * notice them.
 *
 * @param needless the beginnings of subjects without which everything works
 */
export function watchRights(
  connection: NatsConnection,
  href: string,
  onDenied: (right: DeniedRight) => void,
  needless: readonly string[] = [],
): void {
  void (async () => {
    for await (const status of connection.status()) {
      const violation = status.type === "error" ? violationIn(status.error) : undefined;
      if (violation === undefined) continue;
      const { operation, subject } = violation;
      if (needless.some((beginning) => subject.startsWith(beginning))) continue;
      const name = `${operation === "publish" ? "publish to" : "subscribe to"} ${patternOf(subject)}`;
      onDenied({ name, message: `${href} denies this program the right to ${name}` });
    }
  })();
}

/** Subscribes, and tries again for as long as the server denies it. Returns how to unsubscribe. */
export function subscribeAgain(
  connection: NatsConnection,
  subject: string,
  onMessage: (message: Msg) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const callback: MsgCallback<Msg> = (error, message) => {
    if (error === null) onMessage(message);
    else if (violationIn(error) !== undefined) {
      clearTimeout(timer);
      timer = setTimeout(subscribe, RETRY_MS);
      timer.unref();
    }
  };
  let subscription = connection.subscribe(subject, { callback });
  const subscribe = (): void => {
    if (!connection.isClosed() && !connection.isDraining()) subscription = connection.subscribe(subject, { callback });
  };
  return () => {
    clearTimeout(timer);
    if (!connection.isClosed()) subscription.unsubscribe();
  };
}

/** Knows which rights a program lacks. */
export class DeniedRights {
  readonly #onChange: (name: string, reason: string | undefined) => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param onChange called each time a right is denied, and with `undefined` once that is over */
  constructor(onChange: (name: string, reason: string | undefined) => void) {
    this.#onChange = onChange;
  }

  readonly note = ({ name, message }: DeniedRight): void => {
    this.#onChange(name, message);
    clearTimeout(this.#timers.get(name));
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      this.#onChange(name, undefined);
    }, OVER_MS);
    timer.unref();
    this.#timers.set(name, timer);
  };
}

/** The subject for which administrators grant a right, from the subject that was used. */
function patternOf(subject: string): string {
  if (subject.startsWith("_INBOX.")) return "_INBOX.>";
  const [first = "", ...rest] = subject.split(".");
  if (first === "rr") return `rr.${rest[0]}.*.*`;
  if (first === "rr-ack" || first === "rr-ask") return `${first}.${rest[0]}.*`;
  const [, request] = /^(\$JS\.API\.CONSUMER\.(?:CREATE|MSG\.NEXT|INFO|DELETE)\.[^.]+)\./.exec(subject) ?? [];
  return request === undefined ? subject : `${request}.>`;
}
