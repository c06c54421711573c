import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";
import { Compression, EncoderVersion, StoreKind } from "../../../../dist/gen/rerun/common/v1alpha1/common_pb.js";
import {
  ArrowMsgSchema,
  BlueprintActivationCommandSchema,
  Encoding,
  RrdFooterSchema,
  SetStoreInfoSchema,
  StoreSourceKind,
} from "../../../../dist/gen/rerun/log_msg/v1alpha1/log_msg_pb.js";
import {
  readStoredActivation,
  readStoredChunk,
  readStoredFooter,
  readStoredInfo,
} from "../../../../dist/rrd/decode/stored-messages.js";

const STORE = { kind: StoreKind.BLUEPRINT, recordingId: "run ü", applicationId: { id: "robot" } };
const BYTES = Uint8Array.of(1, 2, 3);

/** A reader, the generated reader of the same message, and messages. */
interface Case {
  readonly name: string;
  readonly schema: DescMessage;
  readonly read: (bytes: Uint8Array) => unknown;
  readonly expected: (bytes: Uint8Array) => unknown;
  readonly messages: readonly Uint8Array[];
}

function caseOf<Schema extends DescMessage>(
  schema: Schema,
  read: (bytes: Uint8Array) => unknown,
  ...values: readonly MessageInitShape<Schema>[]
): Case {
  const messages = [new Uint8Array(0), ...values.map((value) => toBinary(schema, create(schema, value)))];
  return { name: schema.name, schema, read, expected: (bytes) => plain(fromBinary(schema, bytes)), messages };
}

/** A generated message without the names of types, and with integers of 64 bits as ours have them. */
function plain(value: unknown, name = ""): unknown {
  if (typeof value === "bigint")
    return name === "uncompressedSize" ? Number(value) : { hi: Number(value >> 32n), lo: Number(value & 0xffffffffn) };
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const fields = Object.entries(value).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries(fields.map(([key, field]) => [key, plain(field, key)]));
}

const CASES: readonly Case[] = [
  caseOf(ArrowMsgSchema, readStoredChunk, {
    storeId: STORE,
    compression: Compression.LZ4,
    uncompressedSize: 123_456_789_012n,
    encoding: Encoding.ARROW_IPC,
    payload: BYTES,
    chunkId: { timeNs: 0x1234_5678_9abc_def0n, inc: 0xffff_ffff_0000_0001n },
    isStatic: false,
  }),
  caseOf(
    SetStoreInfoSchema,
    readStoredInfo,
    { rowId: { timeNs: 1n } },
    {
      rowId: { timeNs: 5n, inc: 6n },
      info: {
        applicationId: { id: "old" },
        storeId: STORE,
        storeSource: { kind: StoreSourceKind.FILE, extra: { payload: BYTES } },
        storeVersion: { crateVersionBits: -7 },
      },
    },
  ),
  caseOf(BlueprintActivationCommandSchema, readStoredActivation, { blueprintId: STORE, makeDefault: true }),
  caseOf(RrdFooterSchema, readStoredFooter, {
    manifests: [
      { storeId: STORE, sorbetSchema: { arrowSchema: BYTES }, sorbetSchemaSha256: BYTES },
      {
        data: { encoderVersion: EncoderVersion.V0, payload: BYTES, compression: Compression.LZ4, uncompressedSize: 7n },
      },
    ],
  }),
];

/** Expects that a message has the fields of its definition, as all messages in it. Returns the names of those. */
function expectAllFields({ name, fields }: DescMessage, value: unknown): string[] {
  const message = value as Readonly<Record<string, unknown>>;
  expect([name, ...Object.keys(message).sort()]).toEqual([name, ...fields.map(({ localName }) => localName).sort()]);
  const inner = fields.flatMap(({ localName, message: type }) => {
    const values = [message[localName]].flat().filter((one) => one !== undefined);
    return type === undefined ? [] : values.flatMap((one) => expectAllFields(type, one));
  });
  return [name, ...inner];
}

function outcome(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return read(bytes);
  } catch {
    return "rejected";
  }
}

describe.each(CASES)("the reader of $name", ({ schema, read, expected, messages }) => {
  it("knows all fields of the definition, also of the messages in it", () => {
    const seen = messages.flatMap((message) => expectAllFields(schema, read(message)));
    expect(seen).toContain(schema.name === "RrdFooter" ? "DataframePart" : "StoreId");
  });

  it("reads what a generated reader does, also of fields that occur twice and of unknown fields", () => {
    // The fields 15 and 16: a string, and an integer.
    const unknown = [0x7a, 2, 0x68, 0x69, 0x80, 1, 5];
    for (const first of messages) {
      expect(read(first)).toEqual(expected(first));
      for (const second of messages) {
        const joined = Uint8Array.from([...first, ...unknown, ...second]);
        expect(read(joined)).toEqual(expected(joined));
      }
    }
  });

  it("rejects or reads damaged messages as a generated reader does, but for fields of another type", () => {
    const random = seededRandom(41);
    let accepted = 0;
    for (let round = 0; round < 3000; round++) {
      const message = messages[random(messages.length)] as Uint8Array;
      const bytes = message.slice(0, random(4) === 0 ? random(message.length + 1) : message.length);
      for (let edits = random(3); edits > 0 && bytes.length > 0; edits--) bytes[random(bytes.length)] = random(256);
      const own = outcome(read, bytes);
      // A generated reader takes the bytes of a field of another type for its value. Rerun rejects them, as we do.
      if (own === "rejected") continue;
      accepted++;
      expect([round, own]).toEqual([round, outcome(expected, bytes)]);
    }
    expect(accepted).toBeGreaterThan(1000);
  });
});

describe("the reader of stored messages", () => {
  it("rejects a field of another type, and strings that are no UTF-8", () => {
    // The store as an integer, the payload as one, and a recording id of one invalid byte.
    expect(() => readStoredChunk(Uint8Array.of(0x08, 1))).toThrow("the field 1 has the wire type 0 instead of 2");
    expect(() => readStoredChunk(Uint8Array.of(0x28, 1))).toThrow("the field 5 has the wire type 0 instead of 2");
    expect(() => readStoredChunk(Uint8Array.of(0x0a, 3, 0x12, 1, 0xff))).toThrow(TypeError);
  });

  it("keeps a byte order mark, which belongs to the string", () => {
    const { storeId } = readStoredChunk(Uint8Array.of(0x0a, 6, 0x12, 4, 0xef, 0xbb, 0xbf, 0x61));
    expect(storeId?.recordingId).toBe("\uFEFFa");
  });
});
