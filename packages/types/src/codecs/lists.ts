import { forEachIndex, toArrayLike } from "@rerun-ts/core/checks";
import { ListBuilder, type ArrayBuilder, type ArrowType } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";

/**
 * Lists of any length, each of which is one instance.
 *
 * @param isOne whether the values are one list rather than a list of lists
 */
export function lists<Input, Item extends ArrayBuilder>(
  item: Codec<never, Item>,
  expected: string,
  isOne: (values: unknown) => boolean,
): Codec<Input, ListBuilder<Item>> {
  const arrow: ArrowType = { type: "List", item: { name: "item", nullable: false, type: item.arrow } };
  const appendList = (builder: ListBuilder<Item>, values: unknown): void => {
    item.append(values as never, builder.item, -1);
    builder.close();
  };
  return {
    arrow,
    createBuilder: () => new ListBuilder(arrow, item.createBuilder()),
    append(values, builder): void {
      if (isOne(values)) return appendList(builder, values);
      const all = toArrayLike(values, expected);
      forEachIndex(all.length, (index) => appendList(builder, all[index]));
    },
  };
}

/** A list as the field of a struct: always exactly one list, even for an empty value. */
export function listField<Input, Item extends ArrayBuilder>(item: Codec<Input, Item>): Codec<Input, ListBuilder<Item>> {
  return lists(item as Codec<never, Item>, "a list", () => true);
}
