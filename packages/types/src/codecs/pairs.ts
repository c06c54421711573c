import { wrongType, kindOf } from "@rerun-ts/core/checks";
import type { ListBuilder, StructBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { KeypointId } from "../gen/encodings/keypoint-id.ts";
import { UInt16 } from "../gen/encodings/uint16.ts";
import { UInt64 } from "../gen/encodings/uint64.ts";
import { Utf8 } from "../gen/encodings/utf8.ts";
import { lists } from "./lists.ts";
import { structs, type StructField } from "./structs.ts";

/** Two strings, such as the nodes that an edge of a graph connects. */
export type StringPairLike =
  | readonly [first: string, second: string]
  | { readonly first: string; readonly second: string };

/** One pair of strings, or a list of them. */
export type StringPairsLike = StringPairLike | readonly StringPairLike[];

/** Strings by key: an object, a `Map`, or a list of pairs. */
export type KeyValuesLike =
  | Readonly<Record<string, string>>
  | ReadonlyMap<string, string>
  | readonly (readonly [key: string, value: string])[];

/** The keys and values of one instance, or a list of them. */
export type KeyValuePairsLike = KeyValuesLike | readonly KeyValuesLike[];

/** Two keypoints that are connected by a line. */
export type KeypointPairLike =
  | readonly [keypoint0: number, keypoint1: number]
  | { readonly keypoint0: number; readonly keypoint1: number };

/** One pair of keypoints, or a list of them. */
export type KeypointPairsLike = KeypointPairLike | readonly KeypointPairLike[];

/** A channel and its number of messages. */
export type ChannelCountLike =
  | readonly [channelId: number, messageCount: number | bigint]
  | { readonly channelId: number; readonly messageCount: number | bigint };

/** One channel's number of messages, or a list of them. */
export type ChannelCountsLike = ChannelCountLike | readonly ChannelCountLike[];

/** The numbers of messages of one instance, by channel: a `Map`, or a list of pairs. */
export type ChannelMessageCountsLike =
  | ReadonlyMap<number, number | bigint>
  | readonly ChannelCountLike[]
  | readonly (ReadonlyMap<number, number | bigint> | readonly ChannelCountLike[])[];

const ENTRIES = "an object, a Map or a list of pairs";

export const stringPairs: Codec<StringPairsLike, StructBuilder> = /* @__PURE__ */ pairs("string", "string", [
  { name: "first", codec: Utf8 },
  { name: "second", codec: Utf8 },
]);

export const keypointPairs: Codec<KeypointPairsLike, StructBuilder> = /* @__PURE__ */ pairs("keypoint", "keypoint", [
  { name: "keypoint0", codec: KeypointId },
  { name: "keypoint1", codec: KeypointId },
]);

/** Numbers of messages by channel. */
export const channelCounts: Codec<ChannelCountsLike, StructBuilder> = /* @__PURE__ */ pairs("channel", "count", [
  { name: "channelId", nativeName: "channel_id", codec: UInt16 },
  { name: "messageCount", nativeName: "message_count", codec: UInt64 },
]);

/** Keys and values: one list of pairs for each instance. */
export const keyValuePairs: Codec<KeyValuePairsLike, ListBuilder> = /* @__PURE__ */ entries(stringPairs, isPair);

/** Numbers of messages by channel: one list of pairs for each instance. */
export const channelMessageCounts: Codec<ChannelMessageCountsLike, ListBuilder> = /* @__PURE__ */ entries(
  channelCounts,
  (first) => isPair(first) || isPlainObject(first),
);

/** Structs with two fields, which may also be given as arrays of two. */
function pairs<Input>(
  first: string,
  second: string,
  fields: readonly [StructField, StructField],
): Codec<Input, StructBuilder> {
  const [a, b] = fields;
  return structs(fields, {
    expected: `[${first}, ${second}], `,
    isOne: (values) => (Array.isArray(values) ? isPair(values) : !(Symbol.iterator in values)),
    normalize: (value) => (isPair(value) ? { [a.name]: value[0], [b.name]: value[1] } : value),
  });
}

/** Whether a value is an array of two values that are not lists themselves. */
function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] !== "object";
}

/**
 * Lists of pairs, which may also be given as a `Map` or an object.
 *
 * @param isItem whether the first item of a list is a pair rather than a list of pairs
 */
function entries<Input>(
  pair: Codec<never, StructBuilder>,
  isItem: (first: unknown) => boolean,
): Codec<Input, ListBuilder<StructBuilder>> {
  const item: typeof pair = {
    ...pair,
    append: (values: unknown, target, instances) => pair.append(toEntries(values) as never, target, instances),
  };
  return lists(item, `${ENTRIES}, or a list of these`, (values) => {
    if (Array.isArray(values)) return values.length > 0 && isItem(values[0]);
    return typeof values === "object" && values !== null;
  });
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value);
}

function toEntries(values: unknown): unknown {
  if (kindOf(values) === "Map") return [...(values as ReadonlyMap<unknown, unknown>)];
  if (!isPlainObject(values)) return values;
  const found = Object.entries(values as object);
  // A `Date` or a `Promise` would be empty. Plain objects may be.
  const prototype: unknown = Object.getPrototypeOf(values);
  if (found.length === 0 && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw wrongType(ENTRIES, values);
  return found;
}
