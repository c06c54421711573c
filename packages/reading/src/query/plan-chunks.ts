import type { ChunkInfo, ComponentColumn, TimeSpan } from "../store/chunk-info.ts";
import type { RowSelection } from "./query-options.ts";

/** The chunks of one column that a query needs. */
export interface ColumnPlan {
  readonly column: ComponentColumn;
  /** Whether they are static, so that each row has the same value. */
  readonly isStatic: boolean;
  readonly chunks: readonly ChunkInfo[];
}

/** The chunks of an entity, by path. */
export type ChunksByEntity = ReadonlyMap<string, readonly ChunkInfo[]>;

/** Facts about the values of a column that no index has. */
export interface ColumnDoubts {
  /** Whether its static chunks have no value. */
  readonly isStaticEmpty?: boolean;
  /** Whether the values of some chunks may be left out. */
  readonly mayBeSkipped?: boolean;
}

/** Selects the chunks that can have a value of a column in the rows of a query. */
export function planColumn(
  column: ComponentColumn,
  chunks: ChunksByEntity,
  selection: RowSelection,
  isFilled: boolean,
  { isStaticEmpty = false, mayBeSkipped = false }: ColumnDoubts = {},
): ColumnPlan {
  const own = (chunks.get(column.entityPath) ?? []).filter(({ components }) => components.has(column.component));
  const statics = own.filter(({ timelines }) => timelines.size === 0);
  if ((statics.length > 0 && !isStaticEmpty) || selection.index === undefined)
    return { column, isStatic: true, chunks: statics };
  const { name } = selection.index;
  const [first, last] = bounds(selection);
  const spans = own.flatMap((chunk) => {
    const span = chunk.components.get(column.component)?.times.get(name) ?? chunk.timelines.get(name);
    return span === undefined || span.start > last ? [] : [{ chunk, span }];
  });
  const from = isFilled ? latestBefore(mayBeSkipped ? [] : spans, first) : first;
  return { column, isStatic: false, chunks: spans.filter(({ span }) => span.end >= from).map(({ chunk }) => chunk) };
}

/** The first and the last index value that a row can have. */
export function bounds({ values, from, to }: RowSelection): readonly [first: bigint, last: bigint] {
  const first = values?.[0];
  const last = values?.[values.length - 1];
  return [
    first !== undefined && first > from ? first : from,
    values !== undefined && last === undefined ? from - 1n : last !== undefined && last < to ? last : to,
  ];
}

/** A time before which no cell can be the latest one at `first`: the last end of an earlier chunk. */
function latestBefore(spans: readonly { readonly span: TimeSpan }[], first: bigint): bigint {
  let latest: bigint | undefined;
  for (const { span } of spans) {
    if (span.end <= first && (latest === undefined || span.end > latest)) latest = span.end;
  }
  return latest ?? -(2n ** 63n);
}
