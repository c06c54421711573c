import { readFileSync } from "node:fs";
import { join } from "node:path";
import { McapStreamReader } from "@mcap/core";
import { checkMcap, mcapChunks, mcapInfo } from "@rerun-ts/mcap";
import { isRerunError } from "@rerun-ts/core";
import { root } from "@rerun-ts/test-support/node/environment";
import { decompress } from "fzstd";
import { jsonColumns } from "../../packages/mcap/dist/json/json-columns.js";
import { protobufColumns } from "../../packages/mcap/dist/protobuf/protobuf-columns.js";
import { rosColumns } from "../../packages/mcap/dist/ros/ros-columns.js";
import type { FuzzTarget } from "./target.ts";

type MessageColumns = ReturnType<typeof rosColumns>;

const FILES = join(root, "tests/conformance/mcap");

const isExpected = (error: unknown): boolean => isRerunError(error) && error.code !== "INTERNAL";
/** Messages may have texts that are not UTF-8, for which protobuf has an error of its own. */
const isDamage = (error: unknown): boolean =>
  isExpected(error) ||
  (error instanceof TypeError && error.message.includes("encoded data was not valid")) ||
  (error instanceof Error && error.constructor.name === "ProtobufError");

/** The schemas and messages of a file, by the name of the schema. */
function contentsOf(file: string): Map<string, { schema: Uint8Array; messages: Uint8Array[] }> {
  const zstd = (bytes: Uint8Array, size: bigint): Uint8Array => decompress(bytes, new Uint8Array(Number(size)));
  const reader = new McapStreamReader({ decompressHandlers: { zstd } });
  reader.append(readFileSync(join(FILES, file)));
  const schemas = new Map<number, string>();
  const channels = new Map<number, string>();
  const found = new Map<string, { schema: Uint8Array; messages: Uint8Array[] }>();
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === "Schema") {
      schemas.set(record.id, record.name);
      if (!found.has(record.name)) found.set(record.name, { schema: record.data.slice(), messages: [] });
    } else if (record.type === "Channel") channels.set(record.id, schemas.get(record.schemaId) ?? "");
    else if (record.type === "Message")
      found.get(channels.get(record.channelId) ?? "")?.messages.push(record.data.slice());
  }
  return found;
}

function contentOf(file: string, name: string): { schema: Uint8Array; messages: Uint8Array[] } {
  const found = contentsOf(file).get(name);
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found;
}

/** Decodes a message. A damaged one must leave the columns as they were, for the next one. */
function decode(columns: MessageColumns, input: Uint8Array): void {
  const { length } = columns.rows;
  try {
    columns.push(input, 0, input.length);
  } catch (error) {
    if (!isDamage(error)) throw error;
    columns.rows.truncate(length);
  }
  columns.settle?.();
  const data = columns.rows.toData();
  for (const child of data.children)
    if (child.length !== data.length) throw new Error(`${child.length} values of a field in ${data.length} messages`);
  columns.rows.truncate(0);
}

const mcap: FuzzTarget = {
  name: "mcap",
  seeds: () => ["other.mcap", "ros2-lz4.mcap", "protobuf.mcap"].map((name) => readFileSync(join(FILES, name))),
  words: ["\u0006", "\u0005", "zstd", "lz4", "cdr", "ros2msg", "protobuf", "json", "jsonschema"],
  async run(input) {
    for (const read of [
      async () => {
        for await (const chunk of mcapChunks(input)) if (chunk.table.numRows !== chunk.numRows) throw new Error("rows");
      },
      () => mcapInfo(input),
      () => checkMcap(input, { full: true }),
    ]) {
      try {
        await read();
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
    }
  },
};

const EVERYTHING = "demo_msgs/msg/Everything";

function cdrTarget(): FuzzTarget {
  const { schema, messages } = contentOf("ros2.mcap", EVERYTHING);
  const columns = rosColumns(EVERYTHING, new TextDecoder().decode(schema), "cdr");
  return { name: "cdr", seeds: () => messages, run: (input) => decode(columns, input) };
}

function protobufTarget(): FuzzTarget {
  const { schema, messages } = contentOf("protobuf.mcap", "demo.Everything");
  const columns = protobufColumns("demo.Everything", schema);
  return { name: "protobuf-message", seeds: () => messages, run: (input) => decode(columns, input) };
}

const ros2msg: FuzzTarget = {
  name: "ros2msg",
  seeds: () => [...contentsOf("ros2.mcap").values()].map(({ schema }) => schema),
  words: [
    "[]",
    "[<=9]",
    "[999999999]",
    "string<=3",
    "builtin_interfaces/Time",
    "\n===\nMSG: a/B\n",
    "a/B x\n",
    "wstring",
  ],
  run(input) {
    for (const format of ["cdr", "ros1"] as const) {
      try {
        decode(rosColumns("a/B", new TextDecoder().decode(input), format), Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 0, 9));
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
    }
  },
};

/** A schema, an empty line, and a message. */
const JSON_SEEDS = [
  `{"type":"object","properties":{"x":{"type":"number"},"n":{"type":["integer","null"]},"s":{"enum":["a","b"]}}}

{"x":1.5,"n":9007199254740993,"s":"a"}`,
  `{"$ref":"#/$defs/T","$defs":{"T":{"type":"object","properties":{"t":{"$ref":"#/$defs/T"},"l":{"type":"array","items":{"anyOf":[{"type":"boolean"},{"type":"null"}]}}}}}}

{"t":{"l":[true]},"l":[true,null]}`,
  `{"type":"object","properties":{"b":{"type":"string","contentEncoding":"base64"},"o":{"oneOf":[{"const":1},{"const":2}]}}}

{"b":"AAE=","o":2}`,
];

const json: FuzzTarget = {
  name: "json-messages",
  seeds: () => JSON_SEEDS.map((text) => new TextEncoder().encode(text)),
  words: ['{"$ref":"#"}', '"#/$defs/T"', '"anyOf":[', '"type":"object"', '"properties":{', '"items":{', "null", "\n\n"],
  run(input) {
    const text = new TextDecoder("latin1").decode(input);
    const end = text.includes("\n\n") ? text.indexOf("\n\n") : text.length;
    try {
      decode(
        jsonColumns(input.subarray(0, end), () => undefined),
        input.subarray(end + 2),
      );
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
  },
};

/** The targets that read MCAP files, and the messages in them. */
export const MCAP_TARGETS: readonly FuzzTarget[] = [mcap, cdrTarget(), protobufTarget(), ros2msg, json];
