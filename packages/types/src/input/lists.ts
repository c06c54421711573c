import { ListBuilder, forEachIndex, toList, type ArrayBuilder, type ArrowType } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";

/**
 * Lists of any length, each of which is one instance.
 * @param isOne whether the values are one list, and not a list of lists
 */
export function lists<Input, Item extends ArrayBuilder>(
  item: Encoding<never, Item>,
  expected: string,
  isOne: (values: unknown) => boolean,
): Encoding<Input, ListBuilder<Item>> {
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
      const all = toList(values, expected);
      forEachIndex(all.length, (index) => appendList(builder, all[index]));
    },
  };
}

/** A list as the field of a struct: there it is always one, also when it is empty. */
export function listField<Input, Item extends ArrayBuilder>(
  item: Encoding<Input, Item>,
): Encoding<Input, ListBuilder<Item>> {
  return lists(item as Encoding<never, Item>, "a list", () => true);
}
