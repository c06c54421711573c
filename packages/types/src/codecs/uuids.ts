import { forEachIndex, toArrayLike, wrongType, isUint8Array } from "@rerun-ts/core/checks";
import type { Codec } from "../define/codec.ts";
import { UINT8 } from "./numbers.ts";
import { vectorLayout, type VectorBuilder } from "./vectors.ts";

/** A UUID: 16 bytes, or a string with dashes. */
export type UuidLike = string | Uint8Array;

/** One UUID, or a list of them. */
export type UuidsLike = UuidLike | readonly UuidLike[];

const EXPECTED = "a UUID: 16 bytes, or a string such as 123e4567-e89b-42d3-a456-426614174000";
const TEXT = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Ids of 16 bytes. */
export const uuids: Codec<UuidsLike, VectorBuilder> = {
  .../* @__PURE__ */ vectorLayout(16, UINT8),
  append(values, { item: { data } }): void {
    if (typeof values === "string" || ArrayBuffer.isView(values)) return data.pushBytes(toBytes(values));
    const list = toArrayLike(values, `${EXPECTED}, or a list of them`);
    forEachIndex(list.length, (index) => data.pushBytes(toBytes(list[index])));
  },
};

function toBytes(value: unknown): Uint8Array {
  if (isUint8Array(value) && value.byteLength === 16) return value;
  if (typeof value !== "string" || !TEXT.test(value)) throw wrongType(EXPECTED, value);
  const digits = value.replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
}
