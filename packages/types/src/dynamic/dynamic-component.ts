import type { ComponentDescriptor, ComponentType } from "@rerun-ts/core";
import { InvalidValue, describeValue, type ComponentField, type FieldWriter } from "@rerun-ts/core/internal";
import { asBatch } from "./any-value.ts";
import { UNTYPED, impliedBy, type ImpliedType } from "./implied-type.ts";

/** A component whose values imply its type, as one recording knows it. */
export class DynamicComponent {
  readonly #descriptor: ComponentDescriptor;
  readonly #label: string;
  /** What the last values implied: what fits it is of the same type. */
  #implied: ImpliedType | undefined;
  /** The last type and the field that was made of it. */
  #type: ComponentType | undefined;
  #field: ComponentField | undefined;

  constructor(descriptor: ComponentDescriptor, label: string) {
    this.#descriptor = descriptor;
    this.#label = label;
  }

  /** Writes a value. Throws `InvalidValue`. */
  write(row: FieldWriter, value: unknown, dropsUntyped: boolean): void {
    if (value === undefined) return;
    try {
      const batch = asBatch(value);
      if (batch !== undefined) {
        const { type } = batch;
        this.#implied = undefined;
        return row.field(this.#fieldOf(row, type), batch.values, type);
      }
      const implied = this.#imply(value);
      if (implied === UNTYPED) return this.#writeUntyped(row, value, dropsUntyped);
      this.#implied = implied;
      row.field(this.#fieldOf(row, implied.codec), value, implied.codec);
    } catch (error) {
      throw error instanceof InvalidValue ? withLabel(error, this.#label) : error;
    }
  }

  #imply(value: unknown): ImpliedType {
    if (this.#implied !== undefined) {
      try {
        return impliedBy(this.#implied, value);
      } catch (error) {
        if (!(error instanceof InvalidValue)) throw error;
      }
    }
    return impliedBy(UNTYPED, value);
  }

  /** The type of another batch will do: nulls have no values. */
  #writeUntyped(row: FieldWriter, value: unknown, dropsUntyped: boolean): void {
    const newest = row.newest(this.#descriptor);
    if (newest !== undefined) row.field(newest, value, UNTYPED.codec);
    else if (!dropsUntyped) throw untyped(value);
  }

  #fieldOf(row: FieldWriter, type: ComponentType): ComponentField {
    if (this.#field === undefined || this.#type !== type) {
      this.#field = row.intern(withType(this.#descriptor, type), type, this.#label);
      this.#type = type;
    }
    return this.#field;
  }
}

/** The descriptor with the type's name, if it does not say another one. */
export function withType(descriptor: ComponentDescriptor, { name }: ComponentType): ComponentDescriptor {
  return name === undefined || descriptor.componentType !== undefined
    ? descriptor
    : { ...descriptor, componentType: name };
}

/** The error for values that tell no type. */
export function untyped(value: unknown): InvalidValue {
  return new InvalidValue(
    "given with a type before it may be null or empty (`rr.arrowBatch(type, [])` tells one)",
    describeValue(value),
    false,
  );
}

function withLabel({ expected, got, isRange, argument, path }: InvalidValue, label: string): InvalidValue {
  return new InvalidValue(expected, got, isRange, argument ?? label, path);
}
