import { BATCHER_PRESETS } from "../batch/batcher-presets.ts";
import { Batcher } from "../batch/batcher.ts";
import type { AsComponents } from "../batch/component.ts";
import { TuidGenerator, copyTuid } from "../batch/tuid.ts";
import { InvalidValueError } from "../checks/invalid-value-error.ts";
import { ChunkEncoder } from "../rrd/encode/chunk-encoder.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { encodeStoreInfo } from "../rrd/encode/store-info.ts";
import { Clock } from "../time/clock.ts";
import { TimePoint } from "../time/time-point.ts";
import { TimelineRegistry } from "../time/timeline.ts";
import { VERSION } from "../version.ts";

/** A row of a store that is encoded as a whole. */
export interface StoreRow {
  /** The canonical path of the entity. */
  readonly path: string;
  /** The components. */
  readonly data: AsComponents | readonly AsComponents[];
  /** Whether the row has no time. */
  readonly isStatic: boolean;
  /** The user's name for a field, for error messages. The argument is its label, e.g. `ViewBlueprint.visible`. */
  readonly nameOf: (label: string) => string;
}

/**
 * Encodes a whole store that is known in advance, such as a blueprint: its store info, and a chunk for each row. Rows
 * have the wall-clock time, and 0 on `timeline`. As always, a later row replaces the values of an earlier one at the
 * same time.
 *
 * @throws {InvalidValueError} naming the field
 */
export function encodeRows(storeId: StoreId, timeline: string, rows: Iterable<StoreRow>): EncodedMessage[] {
  const clock = new Clock();
  const ids = new TuidGenerator();
  const registry = new TimelineRegistry();
  const encoder = new ChunkEncoder(storeId, "auto");
  ids.next(clock);
  const messages = [encodeStoreInfo(storeId, `rerun-ts ${VERSION}`, copyTuid(ids))];
  const batcher = new Batcher(
    BATCHER_PRESETS.always,
    clock,
    ids,
    { send: (chunk) => void messages.push(encoder.encode(chunk, true)) },
    () => {},
  );
  const always = new TimePoint(registry, {});
  const time = new TimePoint(registry, { logTime: registry.resolve("log_time", "timestamp") });
  time.assign(registry.resolve(timeline, "sequence"), 0, 0);
  for (const { path, data, isStatic, nameOf } of rows) {
    const now = clock.read();
    time.stamp(clock, 0);
    try {
      batcher.append(batcher.entities.at(path), data, isStatic ? always : time, now);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      const { expected, got, isRange, argument, path: within, place } = error;
      const named = nameOf(argument ?? batcher.writer.label);
      throw new InvalidValueError(expected, got, isRange, named, within, place);
    }
  }
  return messages;
}
