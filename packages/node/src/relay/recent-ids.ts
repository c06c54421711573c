import { readLogMsg } from "./grpc/log-msg.ts";
import { rejectingMalformed } from "./grpc/write-request.ts";

const MAX_IDS = 100_000;

/** The ids that were added last. */
export class RecentIds {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= MAX_IDS) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}

/**
 * A key of the chunk in an encoded `LogMsg`, if it has an id: its store with the id, because a chunk that was copied to
 * another recording keeps its id.
 *
 * @throws {RelayError} if it is malformed
 */
export function chunkKeyOf(logMsg: Buffer): string | undefined {
  const outline = rejectingMalformed(() => readLogMsg(logMsg, 0, logMsg.length));
  if (outline === undefined || outline.idEnd === outline.idStart) return undefined;
  const { storeStart, storeEnd, idStart, idEnd } = outline;
  return `${logMsg.toString("latin1", storeStart, storeEnd)} ${logMsg.toString("latin1", idStart, idEnd)}`;
}
