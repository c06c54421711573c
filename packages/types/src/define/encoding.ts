import type { ComponentBatch, ComponentType } from "@rerun-ts/core";

/** How values become instances: the Arrow type of one, and the checks and conversion of many. */
export type Encoding<Input> = Pick<ComponentType<Input>, "arrow" | "append">;

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
export function defineComponent<Input>(name: string, { arrow, append }: Encoding<Input>): Component<Input> {
  const component: Component<Input> = { name, arrow, append, batch: (values) => ({ type, values }) };
  // Encodings are no component types: Rerun's tools refuse recordings in which they stand as such.
  const type: ComponentType<Input> = name.startsWith("rerun.encodings.") ? { arrow, append } : component;
  return component;
}

/** One value of an enumeration or a list of them, each by name or number. */
export type EnumLike<Name extends string> = Name | number | readonly (Name | number)[];
