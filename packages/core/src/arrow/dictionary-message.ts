import type { ArrayCollector } from "./array-collector.ts";
import { concatBytes } from "../bytes/concat-bytes.ts";
import { FlatBufferWriter } from "./flatbuffer.ts";
import { END_OF_STREAM, IpcStream } from "./ipc-stream.ts";
import { METADATA_V5, encapsulate } from "./schema.ts";

const HEADER_DICTIONARY = 2;

/** The messages of the dictionaries of arrays, in the order in which a schema numbers them. */
const dictionaries = new WeakMap<ArrayCollector, Uint8Array[]>();

/**
 * Adds the messages of dictionaries to the arrays that use them.
 * @param values the arrays of each dictionary and the number of its values, in the order in which a schema numbers the
 * dictionaries
 */
export function addDictionaries(
  out: ArrayCollector,
  values: readonly { readonly arrays: ArrayCollector; readonly length: number }[],
): void {
  const known = dictionaries.get(out) ?? [];
  dictionaries.set(out, known);
  const first = known.length;
  // The number of a dictionary is lower than the numbers of dictionaries inside its values, but its message must follow
  // theirs.
  for (const [index, { arrays, length }] of [...values.entries()].sort(([a], [b]) => b - a))
    known.push(encodeDictionary(first + index, arrays, length));
  if (known.length > 0) out.complete = (schema) => concatBytes([schema, ...known]);
}

/** Encodes the message of a dictionary with its body. Source: Arrow's format/Message.fbs. */
function encodeDictionary(id: number, arrays: ArrayCollector, length: number): Uint8Array {
  const out = new FlatBufferWriter();
  const message = out.table([["i16", METADATA_V5], ["u8", HEADER_DICTIONARY], ["ref"], ["i64", 0]]);
  out.setRoot(message);
  const dictionary = out.table([["i64", id], ["ref"]]);
  out.link(message.slots[2] as number, dictionary);
  const batch = out.table([["i64", 0], ["ref"], ["ref"]]);
  out.link(dictionary.slots[1] as number, batch);
  const nodes = out.structs(batch.slots[1] as number, arrays.nodes.length / 2, 16);
  const buffers = out.structs(batch.slots[2] as number, arrays.buffers.length, 16);
  const template = {
    bytes: encapsulate(out.bytes),
    rowsPosition: (batch.slots[0] as number) + 8,
    bodyLengthPosition: (message.slots[3] as number) + 8,
    nodesPosition: nodes + 8,
    buffersPosition: buffers + 8,
  };
  const stream = new IpcStream(new Uint8Array(0), template, arrays, length);
  const bytes = new Uint8Array(stream.byteLength);
  stream.write(bytes, 0);
  return bytes.subarray(0, -END_OF_STREAM);
}
