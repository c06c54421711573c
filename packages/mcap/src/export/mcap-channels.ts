import type { McapWriter } from "@mcap/core";
import { protobufEncoder, type MessageEncoder } from "../protobuf/encode-message.ts";
import { RERUN_SCALARS } from "../mapping/rerun-scalars.ts";
import { FOXGLOVE_SCHEMAS } from "./foxglove-schemas.ts";
import type { FoxgloveMessages } from "./row-export.ts";

const SCALARS_SCHEMA = JSON.stringify({
  title: RERUN_SCALARS,
  type: "object",
  properties: { scalars: { type: "array", items: { type: "number" } } },
});

/** The channels of a file: one for each topic and type of messages. */
export class ExportChannels {
  readonly #writer: McapWriter;
  readonly #schemas = new Map<string, { readonly id: number; readonly encoder: MessageEncoder | undefined }>();
  readonly #channels = new Map<string, { readonly id: number; sequence: number }>();

  constructor(writer: McapWriter) {
    this.#writer = writer;
  }

  /** Adds messages of Foxglove, whose timestamp is that of their row. Returns their number. */
  async addFoxglove(topic: string, { schema, fields }: FoxgloveMessages, time: bigint): Promise<number> {
    const { id, encoder = encoderOf(schema) } = await this.#schema(schema);
    const timestamp = { seconds: time / 1_000_000_000n, nanos: Number(time % 1_000_000_000n) };
    for (const each of fields)
      await this.#add(topic, schema, id, "protobuf", encoder.encode({ ...each, timestamp }), time);
    return fields.length;
  }

  /** Adds scalars, as JSON. */
  async addScalars(topic: string, scalars: readonly number[], time: bigint): Promise<void> {
    const { id } = await this.#schema(RERUN_SCALARS);
    // JSON cannot represent other numbers.
    const finite = scalars.map((value) => (Number.isFinite(value) ? value : null));
    await this.#add(topic, RERUN_SCALARS, id, "json", encodeText(JSON.stringify({ scalars: finite })), time);
  }

  async #schema(name: string): Promise<{ readonly id: number; readonly encoder: MessageEncoder | undefined }> {
    const known = this.#schemas.get(name);
    if (known !== undefined) return known;
    const encoder = name in FOXGLOVE_SCHEMAS ? encoderOf(name as keyof typeof FOXGLOVE_SCHEMAS) : undefined;
    const encoding = encoder === undefined ? "jsonschema" : "protobuf";
    const data = encoder?.schema ?? encodeText(SCALARS_SCHEMA);
    const schema = { id: await this.#writer.registerSchema({ name, encoding, data }), encoder };
    this.#schemas.set(name, schema);
    return schema;
  }

  async #add(
    topic: string,
    schema: string,
    schemaId: number,
    messageEncoding: string,
    data: Uint8Array,
    time: bigint,
  ): Promise<void> {
    const key = `${topic}\0${schema}`;
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      const metadata = new Map<string, string>();
      channel = { id: await this.#writer.registerChannel({ topic, schemaId, messageEncoding, metadata }), sequence: 0 };
      this.#channels.set(key, channel);
    }
    const sequence = channel.sequence++;
    await this.#writer.addMessage({ channelId: channel.id, sequence, logTime: time, publishTime: time, data });
  }
}

function encoderOf(name: keyof typeof FOXGLOVE_SCHEMAS): MessageEncoder {
  return protobufEncoder(name, FOXGLOVE_SCHEMAS[name]);
}

function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
