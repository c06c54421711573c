import type { ArrowType } from "../arrow-type.ts";
import type { ArrayBuilder } from "./array-builder.ts";
import { BoolBuilder, FixedSizeBinaryBuilder, NullBuilder, PrimitiveBuilder } from "./leaf-builders.ts";
import { FixedSizeListBuilder, ListBuilder, StructBuilder, UnionBuilder } from "./nested-builders.ts";
import { TextBuilder } from "./text-builder.ts";

/** An empty builder for arrays of `type`. */
export function createBuilder(type: ArrowType): ArrayBuilder {
  switch (type.type) {
    case "Null":
      return new NullBuilder();
    case "Bool":
      return new BoolBuilder();
    case "Utf8":
    case "Binary":
      return new TextBuilder({ type: type.type });
    case "FixedSizeBinary":
      return new FixedSizeBinaryBuilder(type.size);
    case "List":
      return new ListBuilder(type, createBuilder(type.item.type));
    case "FixedSizeList":
      return new FixedSizeListBuilder(type, createBuilder(type.item.type));
    case "Struct":
      return new StructBuilder(
        type,
        type.fields.map((field) => createBuilder(field.type)),
      );
    case "Union":
      return new UnionBuilder(
        type,
        type.fields.map((field) => createBuilder(field.type)),
      );
    default:
      return new PrimitiveBuilder(type);
  }
}
