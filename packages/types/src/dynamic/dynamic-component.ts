import type { ComponentDescriptor, ComponentType } from "@rerun-ts/core";
import { InvalidValueError, describeValue, throughProxies } from "@rerun-ts/core/checks";
import type { ComponentField, FieldWriter } from "@rerun-ts/core/encode";
import { asBatch } from "./any-value.ts";
import { UNTYPED, impliedBy, type ImpliedType } from "./implied-type.ts";

/**
 * A component of one recording whose values imply its type.
 *
 * It remembers the type of the last values: new values that fit it (null, a missing key, an empty list) are stored with
 * the same type, so that the column continues. Other values get a new type, which starts a new chunk and is reported
 * once. Batches with an explicit type replace the remembered type. Each component of a recording has one instance,
 * which lives as long as the recording.
 */
export class DynamicComponent {
  readonly #descriptor: ComponentDescriptor;
  readonly #label: string;
  /** The type that the last values implied. New values that fit it are stored with it. */
  #implied: ImpliedType | undefined;
  /** The last type, and the field that was created for it. */
  #type: ComponentType | undefined;
  #field: ComponentField | undefined;

  constructor(descriptor: ComponentDescriptor, label: string) {
    throughProxies(this);
    this.#descriptor = descriptor;
    this.#label = label;
  }

  /**
   * Writes a value into a row. Throws `InvalidValueError` if the value has no Arrow type, or does not fit the type of
   * its batch.
   */
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
      throw error instanceof InvalidValueError ? withLabel(error, this.#label) : error;
    }
  }

  #imply(value: unknown): ImpliedType {
    if (this.#implied !== undefined) {
      try {
        return impliedBy(this.#implied, value);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }
    return impliedBy(UNTYPED, value);
  }

  /** Writes null or an empty list with the type of an earlier batch, if there is one. */
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

/** The descriptor, completed by the name of the type. */
export function withType(descriptor: ComponentDescriptor, { name }: ComponentType): ComponentDescriptor {
  return name === undefined || descriptor.componentType !== undefined
    ? descriptor
    : { ...descriptor, componentType: name };
}

/** The error for values that do not imply a type. */
export function untyped(value: unknown): InvalidValueError {
  return new InvalidValueError(
    "logged with a typed value before it can be null or empty (`rr.arrowBatch(type, [])` is enough)",
    describeValue(value),
    false,
  );
}

function withLabel(error: InvalidValueError, label: string): InvalidValueError {
  const { expected, got, isRange, argument = label, path, place } = error;
  return new InvalidValueError(expected, got, isRange, argument, path, place);
}
