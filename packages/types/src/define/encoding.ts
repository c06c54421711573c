import type { ComponentBatch, ComponentType } from "@rerun-ts/core";
import type { ArrayBuilder } from "@rerun-ts/core/internal";

/** How values become instances: the Arrow type of one, and the checks and conversion of many. */
export interface Encoding<Input, Builder extends ArrayBuilder = ArrayBuilder> {
  readonly arrow: ComponentType["arrow"];
  /** An empty array of instances. */
  createBuilder(): Builder;
  /** Checks and appends values, of which there may be one or many. Throws `InvalidValue`. */
  append(values: Input, target: Builder, instances: number): void;
}

/** A component type of Rerun, or one of the encodings that components share. */
export interface Component<Input> extends ComponentType<Input> {
  /** The full name, e.g. `rerun.components.Color`. */
  readonly name: string;
  /** Values for `componentBatches` and `RowWriter.write`. Nothing is checked before they are logged. */
  batch(values: Input): ComponentBatch;
}

/** An enumeration of Rerun. */
export interface EnumComponent<Name extends string, Input> extends Component<Input> {
  /** The number of each name. */
  readonly values: Readonly<Record<Name, number>>;
}

/** Names an encoding. */
export function defineComponent<Input>(name: string, encoding: Encoding<Input>): Component<Input> {
  const component: Component<Input> = { ...encoding, name, batch: (values) => ({ type, values }) };
  // Encodings are no component types: Rerun's tools refuse recordings in which they stand as such.
  const type: ComponentType<Input> = name.includes(".encodings.") ? encoding : component;
  return component;
}

/** One value of an enumeration or a list of them, each by name or number. */
export type EnumLike<Name extends string> = Name | number | readonly (Name | number)[];

/** One value, or a list of them. */
export type OneOrMany<Value> = Value | readonly Value[] | Iterable<Value>;
