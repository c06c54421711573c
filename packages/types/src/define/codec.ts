import type { ComponentBatch, ComponentType } from "@rerun-ts/core";
import type { ArrayBuilder } from "@rerun-ts/core/encode";

/**
 * Converts values that users write to Arrow instances of one type.
 *
 * A codec has no state: it creates a builder for each column that needs one and then appends to that builder, row by
 * row. Values are checked only here, while they are logged. When `append` throws, the builder may hold a part of the
 * values. The caller then truncates the builder to its length before the call. Codecs are composed: the codecs of
 * structs, lists and unions call the codecs of their parts, and add the path of the part to the error.
 */
export interface Codec<Input, Builder extends ArrayBuilder = ArrayBuilder> {
  /** The Arrow type of one instance. */
  readonly arrow: ComponentType["arrow"];
  /** Creates an empty array of instances. */
  createBuilder(): Builder;
  /**
   * Checks and appends one value or many: `Input` determines how the two are distinguished. Throws `InvalidValueError`.
   *
   * @param instances the number of instances of the archetype's required field in this row, or -1 if the number is
   * unknown
   */
  append(values: Input, target: Builder, instances: number): void;
}

/** The brand of {@link Component}: the type of its values when they are read, which exists in types only. */
declare const VALUE: unique symbol;

/**
 * A component type of Rerun, or one of the encodings that components share: a codec with a name.
 *
 * All are in the namespaces `rr.components` and `rr.encodings`. They are constants without state. Archetypes use them
 * for their fields, and users for custom components.
 */
export interface Component<Input, Value = unknown> extends ComponentType<Input> {
  /** The type of one instance when it is read, in types only. */
  readonly [VALUE]?: Value;
  /** The full name, e.g. `rerun.components.Color`. */
  readonly name: string;
  /**
   * Wraps values for `componentBatches` and `RowWriter.write`. They are not copied, and checked when they are logged.
   */
  batch(values: Input): ComponentBatch;
}

/** The type of one instance of a component when it is read. */
export type ValueOf<Type> = Type extends { readonly [VALUE]?: infer Value } ? Exclude<Value, undefined> : unknown;

/** An enumeration of Rerun. Its values are read as names. */
export interface EnumComponent<Name extends string, Input> extends Component<Input, Name> {
  /** The number of each value, by name. */
  readonly values: Readonly<Record<Name, number>>;
}

/** Makes a component or an encoding of a codec and its full name. */
export function defineComponent<Input, Value>(name: string, codec: Codec<Input>): Component<Input, Value> {
  const component: Component<Input, Value> = { ...codec, name, batch: (values) => ({ type, values }) };
  // Rerun's tools reject recordings that name an encoding as a component type.
  const type: ComponentType<Input> = name.includes(".encodings.") ? codec : component;
  return component;
}

/** One value of an enumeration, or a list of them, each by name or number. */
export type EnumLike<Name extends string> = Name | number | readonly (Name | number)[];

/** One value, or a list of them. */
export type OneOrMany<Value> = Value | readonly Value[] | Iterable<Value>;
