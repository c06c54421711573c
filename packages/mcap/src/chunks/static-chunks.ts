import { BytesColumn } from "../columns/leaf-columns.ts";
import { ListColumn, StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";
import type { McapAttachment, McapChannel, McapMetadata, McapSchema, McapStatistics } from "../file/records.ts";
import {
  component,
  instanceLists,
  numberData,
  onePerRow,
  ownComponent,
  texts,
  type ComponentData,
} from "../mapping/component-data.ts";
import { joinedBlobs } from "../mapping/images.ts";
import type { Data } from "apache-arrow";
import type { Chunk } from "@rerun-ts/reading/chunks";
import { storableTime } from "./message-times.ts";
import type { ChunkMaker } from "./chunk-maker.ts";

const PROPERTIES = "/__mcap_properties";
type Pairs = readonly (readonly [key: string, value: string])[];

/** Static chunks about the file itself. */
export class StaticChunks {
  readonly #maker: ChunkMaker;

  constructor(maker: ChunkMaker) {
    this.#maker = maker;
  }

  /** The time of the first message. */
  recordingInfo(startTime: bigint): Chunk {
    const start = component(
      "RecordingInfo:start_time",
      "Timestamp",
      onePerRow(numberData("int64", [storableTime(startTime)])),
    );
    return this.#make(PROPERTIES, [start]);
  }

  /** The counts of the file. */
  statistics(statistics: McapStatistics): Chunk {
    const counts = {
      message_count: statistics.messageCount,
      schema_count: statistics.schemaCount,
      channel_count: statistics.channelCount,
      attachment_count: statistics.attachmentCount,
      metadata_count: statistics.metadataCount,
      chunk_count: statistics.chunkCount,
    };
    const times = { message_start_time: statistics.messageStartTime, message_end_time: statistics.messageEndTime };
    return this.#make(PROPERTIES, [
      ...Object.entries(counts).map(([name, count]) =>
        component(`McapStatistics:${name}`, "Count", onePerRow(numberData("uint64", [BigInt(count)]))),
      ),
      ...Object.entries(times).map(([name, time]) =>
        component(`McapStatistics:${name}`, "Timestamp", onePerRow(numberData("int64", [storableTime(time)]))),
      ),
      component(
        "McapStatistics:channel_message_counts",
        "ChannelMessageCounts",
        onePerRow(messageCounts(statistics.channelMessageCounts)),
      ),
    ]);
  }

  /** A channel with its schema, on the entity of its topic. */
  schema(entityPath: string, channel: McapChannel, schema: McapSchema | undefined): Chunk {
    const text = (value: string): Data => onePerRow(texts([value]));
    const ofSchema =
      schema === undefined
        ? []
        : [
            component("McapSchema:id", "SchemaId", onePerRow(numberData("uint16", [schema.id]))),
            component("McapSchema:name", "Text", text(schema.name)),
            component("McapSchema:encoding", "Text", text(schema.encoding)),
            component("McapSchema:data", "Blob", onePerRow(joinedBlobs([schema.data]))),
          ];
    return this.#make(entityPath, [
      component("McapChannel:id", "ChannelId", onePerRow(numberData("uint16", [channel.id]))),
      component("McapChannel:topic", "Text", text(channel.topic)),
      component("McapChannel:message_encoding", "Text", text(channel.messageEncoding)),
      component("McapChannel:metadata", "KeyValuePairs", onePerRow(pairs([sorted(channel.metadata)]))),
      ...ofSchema,
    ]);
  }

  /** All attachments: an instance for each. */
  attachments(all: readonly { readonly attachment: McapAttachment; readonly offset: number }[]): Chunk {
    const one = (data: Data): Data => instanceLists(Int32Array.of(0, all.length), data);
    const archetype = "McapAttachment";
    const described = all.map(({ attachment, offset }): Pairs => {
      const { name, mediaType, logTime, createTime, data } = attachment;
      return [
        ["name", name],
        ["media_type", mediaType],
        ["log_time", String(logTime)],
        ["create_time", String(createTime)],
        ["data_size", String(data.byteLength)],
        ["offset", String(offset)],
      ];
    });
    return this.#make("/__mcap_attachments", [
      ownComponent(archetype, "data", one(joinedBlobs(all.map(({ attachment }) => attachment.data))), "Blob"),
      ownComponent(archetype, "media_type", one(texts(all.map(({ attachment }) => attachment.mediaType))), "MediaType"),
      ownComponent(archetype, "metadata", one(pairs(described)), "KeyValuePairs"),
    ]);
  }

  /** All metadata: a component for each name. */
  metadata(all: readonly McapMetadata[]): Chunk {
    const byName = new Map<string, Map<string, string>>();
    for (const { name, entries } of all) {
      const own = byName.get(name) ?? new Map<string, string>();
      byName.set(name, own);
      for (const [key, value] of entries) own.set(key, value);
    }
    const components = Array.from(byName, ([name, entries]) =>
      // The name of a component cannot be empty.
      ownComponent("McapMetadata", name || "McapMetadata", onePerRow(pairs([sorted([...entries])])), "KeyValuePairs"),
    );
    return this.#make("/__mcap_metadata", components);
  }

  #make(entityPath: string, components: readonly ComponentData[]): Chunk {
    return this.#maker.make({ entityPath, rows: 1, times: [], components });
  }
}

function sorted(entries: Pairs): Pairs {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Lists of pairs of texts. */
function pairs(lists: readonly Pairs[]): Data {
  const [first, second] = [new BytesColumn(true), new BytesColumn(true)];
  const items = new StructColumn([
    { name: "first", column: first },
    { name: "second", column: second },
  ]);
  const column = new ListColumn(items);
  for (const list of lists) {
    for (const [key, value] of list) {
      first.pushText(key);
      second.pushText(value);
      items.end();
    }
    column.end();
  }
  return column.toData();
}

function messageCounts(counts: ReadonlyMap<number, bigint>): Data {
  const [ids, numbersOf] = [new NumberColumn("uint16"), new NumberColumn("uint64")];
  const items = new StructColumn([
    { name: "channel_id", column: ids },
    { name: "message_count", column: numbersOf },
  ]);
  const column = new ListColumn(items);
  for (const [id, count] of [...counts].sort(([a], [b]) => a - b)) {
    ids.push(id);
    numbersOf.push(count);
    items.end();
  }
  column.end();
  return column.toData();
}
