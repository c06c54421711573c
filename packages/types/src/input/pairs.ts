import type { ListBuilder, StructBuilder } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { KeypointId } from "../gen/encodings/keypoint-id.ts";
import { UInt16 } from "../gen/encodings/uint16.ts";
import { UInt64 } from "../gen/encodings/uint64.ts";
import { Utf8 } from "../gen/encodings/utf8.ts";
import { lists } from "./lists.ts";
import { structs, type StructField } from "./structs.ts";

/** Two texts, such as the nodes that an edge of a graph joins. */
export type TextPairLike =
  | readonly [first: string, second: string]
  | { readonly first: string; readonly second: string };

/** One pair of texts, or a list of them. */
export type TextPairsLike = TextPairLike | readonly TextPairLike[];

/** Texts by key: an object, a `Map`, or a list of pairs. */
export type KeyValuesLike =
  | Readonly<Record<string, string>>
  | ReadonlyMap<string, string>
  | readonly (readonly [key: string, value: string])[];

/** The keys and values of one instance, or a list of such. */
export type KeyValuePairsLike = KeyValuesLike | readonly KeyValuesLike[];

/** Two keypoints that a line joins. */
export type KeypointPairLike =
  | readonly [keypoint0: number, keypoint1: number]
  | { readonly keypoint0: number; readonly keypoint1: number };

/** One pair of keypoints, or a list of them. */
export type KeypointPairsLike = KeypointPairLike | readonly KeypointPairLike[];

/** A channel and how many messages it has. */
export type ChannelCountLike =
  | readonly [channelId: number, messageCount: number | bigint]
  | { readonly channelId: number; readonly messageCount: number | bigint };

/** One channel's number of messages, or a list of such. */
export type ChannelCountsLike = ChannelCountLike | readonly ChannelCountLike[];

/** The numbers of messages of one instance, by channel: a `Map`, or a list of pairs. */
export type ChannelMessageCountsLike =
  | ReadonlyMap<number, number | bigint>
  | readonly ChannelCountLike[]
  | readonly (ReadonlyMap<number, number | bigint> | readonly ChannelCountLike[])[];

/** Pairs of texts. */
export const textPairs: Encoding<TextPairsLike, StructBuilder> = /* @__PURE__ */ pairs("text", "text", [
  { name: "first", encoding: Utf8 },
  { name: "second", encoding: Utf8 },
]);

/** Pairs of keypoints. */
export const keypointPairs: Encoding<KeypointPairsLike, StructBuilder> = /* @__PURE__ */ pairs("keypoint", "keypoint", [
  { name: "keypoint0", encoding: KeypointId },
  { name: "keypoint1", encoding: KeypointId },
]);

/** Numbers of messages by channel. */
export const channelCounts: Encoding<ChannelCountsLike, StructBuilder> = /* @__PURE__ */ pairs("channel", "count", [
  { name: "channelId", nativeName: "channel_id", encoding: UInt16 },
  { name: "messageCount", nativeName: "message_count", encoding: UInt64 },
]);

/** Keys and values; those of one instance are one list. */
export const keyValuePairs: Encoding<KeyValuePairsLike, ListBuilder> = /* @__PURE__ */ entries(textPairs, isPair);

/** Numbers of messages by channel; those of one instance are one list. */
export const channelMessageCounts: Encoding<ChannelMessageCountsLike, ListBuilder> = /* @__PURE__ */ entries(
  channelCounts,
  (first) => isPair(first) || isPlainObject(first),
);

/** Structs of two fields, which may come as arrays of two. */
function pairs<Input>(
  first: string,
  second: string,
  fields: readonly [StructField, StructField],
): Encoding<Input, StructBuilder> {
  const [a, b] = fields;
  return structs(fields, {
    expected: `[${first}, ${second}], `,
    isOne: (values) => (Array.isArray(values) ? isPair(values) : !(Symbol.iterator in values)),
    normalize: (value) => (isPair(value) ? { [a.name]: value[0], [b.name]: value[1] } : value),
  });
}

/** An array of two that are no lists themselves. */
function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] !== "object";
}

/**
 * Lists of pairs, which may come as a `Map`, or as an object.
 * @param isItem whether the first item of a list is a pair, and not a list of pairs
 */
function entries<Input>(
  pair: Encoding<never, StructBuilder>,
  isItem: (first: unknown) => boolean,
): Encoding<Input, ListBuilder<StructBuilder>> {
  const item: typeof pair = {
    ...pair,
    append: (values: unknown, target, instances) => pair.append(toEntries(values) as never, target, instances),
  };
  return lists(item, "an object, a Map or a list of pairs, or a list of such", (values) => {
    if (Array.isArray(values)) return values.length > 0 && isItem(values[0]);
    return typeof values === "object" && values !== null;
  });
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value);
}

function toEntries(values: unknown): unknown {
  if (values instanceof Map) return [...(values as ReadonlyMap<unknown, unknown>)];
  return isPlainObject(values) ? Object.entries(values as object) : values;
}
