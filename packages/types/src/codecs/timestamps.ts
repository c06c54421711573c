import type { TimestampLike } from "@rerun-ts/core";
import { forEachIndex } from "@rerun-ts/core/checks";
import { PrimitiveBuilder, resolveTimestamp, type Int64 } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";

/** One instant, or a list of them. */
export type TimestampsLike = TimestampLike | readonly TimestampLike[];

/** Instants in nanoseconds since 1970 UTC. */
export const timestamps: Codec<TimestampsLike, PrimitiveBuilder> = {
  arrow: { type: "Int64" },
  createBuilder: () => new PrimitiveBuilder({ type: "Int64" }),
  append(values, target): void {
    const list: readonly unknown[] = Array.isArray(values) ? values : [values];
    const cell: Int64 = { lo: 0, hi: 0 };
    forEachIndex(list.length, (index) => {
      resolveTimestamp(list[index], cell);
      target.data.pushInt64(cell.lo, cell.hi);
    });
  },
};
