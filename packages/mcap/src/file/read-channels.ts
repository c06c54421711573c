import type { RandomAccess, ReadOptions } from "@rerun-ts/reading/source";
import { readSummary } from "./read-summary.ts";
import { OP, readChannel, readMcapSchema, readStatistics, type McapChannel, type McapSchema } from "./records.ts";

/** The channels of a file and their schemas, by their ids. */
export interface McapChannels {
  readonly schemas: ReadonlyMap<number, McapSchema>;
  readonly channels: ReadonlyMap<number, McapChannel>;
}

/** The channels that a file's summary describes, or `undefined` if the summary may lack some. */
export async function readChannels(access: RandomAccess, options: ReadOptions): Promise<McapChannels | undefined> {
  const summary = await readSummary(access, options);
  const schemas = new Map<number, McapSchema>();
  const channels = new Map<number, McapChannel>();
  let count: number | undefined;
  try {
    while (summary?.next() === true) {
      const { op, record } = summary;
      if (op === OP.statistics) count = readStatistics(record).channelCount;
      else if (op === OP.schema) add(schemas, readMcapSchema(record));
      else if (op === OP.channel) add(channels, readChannel(record));
    }
  } catch {
    // Reading the whole file reports the damage.
    return undefined;
  }
  const hasSchemas = [...channels.values()].every(({ schemaId }) => schemaId === 0 || schemas.has(schemaId));
  return count === channels.size && hasSchemas ? { schemas, channels } : undefined;
}

function add<Item extends { readonly id: number }>(items: Map<number, Item>, item: Item): void {
  items.set(item.id, item);
}
