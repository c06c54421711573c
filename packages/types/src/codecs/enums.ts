import { forEachIndex, outOfRange, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import { defineComponent, type Codec, type EnumComponent, type EnumLike } from "../define/codec.ts";
import { UINT8, numberWriter, type NumberKind } from "./numbers.ts";

/** Defines an enumeration of Rerun, stored as `kind`. Its names are case-insensitive. */
export function defineEnum<Name extends string>(
  name: string,
  values: Readonly<Record<Name, number>>,
  kind: NumberKind = UINT8,
): EnumComponent<Name, EnumLike<Name>> {
  const names = Object.keys(values) as Name[];
  const byLowerCase = new Map(names.map((key) => [key.toLowerCase(), values[key]]));
  const numbers = new Set<number>(Object.values(values));
  const expected = `one of ${names.map((key) => JSON.stringify(key)).join(", ")}, or its number`;
  const { one } = numberWriter(kind);
  const append = (target: PrimitiveBuilder, value: unknown): void => {
    if (typeof value !== "string" && typeof value !== "number") throw wrongType(expected, value);
    const number = typeof value === "string" ? byLowerCase.get(value.toLowerCase()) : value;
    if (number === undefined || !numbers.has(number)) throw outOfRange(expected, value);
    one(target, number);
  };
  const arrow = { type: kind.type };
  const codec: Codec<EnumLike<Name>, PrimitiveBuilder> = {
    arrow,
    createBuilder: () => new PrimitiveBuilder(arrow),
    append(input, target): void {
      if (typeof input === "string" || typeof input === "number") return append(target, input);
      const list = toArrayLike(input, `${expected}, or a list of them`);
      forEachIndex(list.length, (index) => append(target, list[index]));
    },
  };
  const component = defineComponent<EnumLike<Name>, Name>(name, codec);
  return Object.assign(component, { values });
}
