import { RerunError } from "@rerun-ts/core";
import { DataType, Precision, Vector, type Data } from "apache-arrow";
import { isByte } from "../values/plain-values.ts";
import { isValid } from "../arrays/is-valid.ts";
import { ENUMS, ENUM_FIELDS } from "../gen/layout-names.ts";
import { call, listExpression, object, textExpression, type Expression } from "./expression.ts";

/** Largest number of values in the code of a layout, which people read. */
const MAX_VALUES = 100_000;
/** The number of significant digits that distinguishes every 32-bit float from its neighbours. */
const FLOAT32_DIGITS = 9;
const COLOR = "rerun.components.Color";
const MATRIX = /^rerun\.components\.(?:PinholeProjection|TransformMat3x3)$/;

/** `half_sizes` → `halfSizes`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Writes values of Arrow arrays as this SDK takes them. */
export class Literals {
  #left = MAX_VALUES;

  /**
   * One instance of a component.
   * @throws {RerunError} `UNSUPPORTED` if the layout has too many values, or a type that has no literal
   */
  instance(data: Data, row: number, type: string | undefined): Expression {
    // Counted, because nulls and enumerations take hardly any bytes in a file, but as much code as other values.
    this.#count();
    if (!isValid(data, row)) return "null";
    if (type === COLOR) return colorText(Number(valueOf(data, row)));
    const names = type !== undefined && Object.hasOwn(ENUMS, type) ? ENUMS[type] : undefined;
    if (names !== undefined) return enumText(names, Number(valueOf(data, row)));
    const value = this.#value(data, row);
    return MATRIX.test(type ?? "") ? object({ columns: value }) : value;
  }

  #count(): void {
    if (--this.#left < 0) throw new RerunError("UNSUPPORTED", `a layout with over ${MAX_VALUES} values has no code`);
  }

  #value(data: Data, row: number): Expression {
    this.#count();
    if (!isValid(data, row)) return "null";
    const { type } = data;
    if (DataType.isFixedSizeList(type)) return this.#list(data, row * type.listSize, (row + 1) * type.listSize);
    if (DataType.isList(type)) {
      const [start, end] = [data.valueOffsets[row] as number, data.valueOffsets[row + 1] as number];
      const items = this.#list(data, start, end);
      return isByte(type.valueType as DataType) ? call("Uint8Array.from", [items]) : items;
    }
    if (DataType.isStruct(type)) return this.#struct(data, row);
    if (DataType.isUnion(type)) return this.#union(data, row);
    return primitive(valueOf(data, row), DataType.isFloat(type) && type.precision !== Precision.DOUBLE);
  }

  #list({ children: [items] }: Data, start: number, end: number): Expression {
    if (end - start > this.#left) this.#left = 0;
    const values: Expression[] = [];
    for (let at = start; at < end; at++) values.push(this.#value(items as Data, at));
    return listExpression(values);
  }

  #struct({ type, children }: Data, row: number): Expression {
    const values = (type as DataType & { children: readonly { name: string }[] }).children.map(({ name }, index) => {
      const child = children[index] as Data;
      if (!isValid(child, row)) return [camelCase(name), undefined] as const;
      const names = Object.hasOwn(ENUM_FIELDS, name) ? ENUMS[ENUM_FIELDS[name] ?? ""] : undefined;
      const isEnum = names !== undefined && DataType.isInt(child.type);
      return [
        camelCase(name),
        isEnum ? enumText(names, Number(valueOf(child, row))) : this.#value(child, row),
      ] as const;
    });
    return object(Object.fromEntries(values));
  }

  /** Time boundaries, the only unions of blueprints, are called as their functions. */
  #union(data: Data, row: number): Expression {
    const { typeIdToChildIndex } = data.type as unknown as { readonly typeIdToChildIndex: Record<number, number> };
    const index = typeIdToChildIndex[(data.typeIds as Int8Array)[row] as number] ?? -1;
    const name = (data.type as DataType & { children: readonly { name: string }[] }).children[index]?.name ?? "";
    const member = data.children[index];
    if (name === "Infinite") return call("rrb.infinite", []);
    if (member === undefined || (name !== "CursorRelative" && name !== "Absolute"))
      throw new RerunError("UNSUPPORTED", `the code of a layout cannot have the variant ${name} of a union`);
    const at = DataType.isDenseUnion(data.type) ? ((data.valueOffsets as Int32Array)[row] as number) : row;
    return call(name === "Absolute" ? "rrb.absolute" : "rrb.cursorRelative", [this.#value(member, at)]);
  }
}

function valueOf(data: Data, row: number): unknown {
  return new Vector([data]).get(row) as unknown;
}

function primitive(value: unknown, isFloat32: boolean): Expression {
  if (typeof value === "string") return textExpression(value);
  if (typeof value === "number") return isFloat32 ? float32Text(value) : numberText(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? String(value) : `${value}n`;
  if (typeof value === "boolean" || value === null) return String(value);
  throw new RerunError("UNSUPPORTED", "the code of a layout cannot have a value of this Arrow type");
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The shortest text that is read as the same 32-bit float. */
function float32Text(value: number): string {
  for (let digits = 1; digits < FLOAT32_DIGITS; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return numberText(rounded);
  }
  return numberText(value);
}

function colorText(rgba: number): Expression {
  const digits = rgba.toString(16).padStart(8, "0");
  return textExpression(`#${digits.endsWith("ff") ? digits.slice(0, -2) : digits}`);
}

function enumText(names: Readonly<Record<number, string>>, value: number): Expression {
  const name = names[value];
  return name === undefined ? String(value) : textExpression(name);
}
