import type { EncodedMessage, StoreId } from "@rerun-ts/core";

/** The properties of a test message for its name, e.g. `i1`, `a1`, `s1` or `b1`. */
export interface NamedMessage extends EncodedMessage {
  readonly name: string;
}

let count = 0;

/**
 * Messages that look real to a relay: `a…` has time, `s…` is static, `b…` belongs to a blueprint, `i…` opens the store,
 * `x…` activates the blueprint. The field that a relay does not read has the name, then `bytes` zeros.
 */
export function messagesOf(names: string, bytes = 0): NamedMessage[] {
  return names.split(" ").map((name) => messageOf(name, bytes));
}

/** Creates one message, like {@link messagesOf}. */
export function messageOf(name: string, bytes = 0, recordingId = "r"): NamedMessage {
  const kind = name[0] === "b" || name[0] === "x" ? "blueprint" : "recording";
  const storeId: StoreId = { kind, applicationId: "tests", recordingId };
  const id = { timeHi: 1, timeLo: count++, incHi: 2, incLo: 3 };
  const isStatic = name[0] !== "a" && name[0] !== "b";
  const store = storeBytes(storeId);
  const text = (number: number): readonly Part[] => [
    fieldStart(number, name.length + 1 + bytes),
    Buffer.from(`${name}.`),
    bytes,
  ];
  if (name[0] === "i")
    return {
      name,
      kind: "storeInfo",
      storeId,
      isStatic: true,
      payload: field(2, join(field(2, store), ...text(9))),
    };
  if (name[0] === "x")
    return { name, kind: "activation", storeId, isStatic: true, payload: join(field(1, store), ...text(9)) };
  const tuid = Buffer.alloc(18);
  tuid[0] = 9;
  tuid.writeUInt32LE(id.timeLo, 1);
  tuid[9] = 17;
  const payload = join(field(1, store), ...text(5), field(6, tuid), Uint8Array.of(7 * 8, isStatic ? 1 : 0));
  return { name, kind: "chunk", storeId, isStatic, chunkId: id, payload };
}

/** The names of messages, read from their payloads. */
export function namesOf(messages: readonly { readonly payload: Uint8Array }[]): string[] {
  return messages.map(({ payload }) => {
    const bytes = Buffer.from(payload);
    return /[abisx]\d+(?=\.)/.exec(bytes.toString("latin1", bytes.indexOf("tests") + 5))?.[0] ?? "";
  });
}

function storeBytes({ kind, applicationId, recordingId }: StoreId): Uint8Array<ArrayBuffer> {
  return join(
    Uint8Array.of(8, kind === "recording" ? 1 : 2),
    field(2, Buffer.from(recordingId)),
    field(3, field(1, Buffer.from(applicationId))),
  );
}

function field(number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(fieldStart(number, bytes.length), bytes);
}

/** The tag and the length of a field. */
function fieldStart(number: number, bytes: number): Uint8Array {
  const length: number[] = [];
  for (let rest = bytes; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Uint8Array.of(number * 8 + 2, ...length);
}

/** Bytes, or a number of zeros. */
type Part = Uint8Array | number;

/** Joins bytes, of which large messages have many: each part is copied once, and zeros are not copied. */
function join(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce<number>((sum, part) => sum + sizeOf(part), 0));
  let end = 0;
  for (const part of parts) {
    if (typeof part !== "number") joined.set(part, end);
    end += sizeOf(part);
  }
  return joined;
}

function sizeOf(part: Part): number {
  return typeof part === "number" ? part : part.length;
}
