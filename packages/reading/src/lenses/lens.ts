import type { AsComponents, ComponentColumn, ComponentDescriptor, EntityPathLike } from "@rerun-ts/core";
import type { Vector } from "apache-arrow";
import type { ColumnValues } from "../chunks/instances.ts";

/** The class of an archetype, such as `rr.Scalars`. */
export interface ArchetypeClass {
  new (values: never): AsComponents;
  /** The full name. */
  readonly archetype: string;
  /** Columns of its fields. */
  columns(fields: never): Iterable<ComponentColumn>;
}

/** A field of an archetype, such as `{ archetype: rr.Transform3D, field: "translation" }`. */
export interface ArchetypeField {
  /** The class of the archetype that the lens writes. */
  readonly archetype: ArchetypeClass;
  /** The name of the field, as in the options of the constructor. */
  readonly field: string;
}

/**
 * The component that values become: the first field of an archetype, any field of it, or a component by its name or
 * descriptor. Values become the Arrow type of an archetype's field. Otherwise they keep their own.
 */
export type LensTarget = ArchetypeClass | ArchetypeField | string | ComponentDescriptor;

/** An instance for functions without type annotations: a number, or a record of numbers and records. */
export type LensInput = number & LensFields;

/** The fields of an instance. */
export interface LensFields {
  readonly [field: string]: LensInput;
}

/**
 * A path to a value in an instance, such as `pose.x`, `ranges[0]` or `points[].x`. If the type of the instance is
 * given, as in `derive<Imu>(…)`, only its fields are possible. Otherwise any string is possible.
 */
export type FieldPath<Value> = [Value] extends [never]
  ? string
  : LensInput extends Value
    ? string
    : ("." | PathIn<Value, 6>) & string;

/** Numbers less one, for a limit of the fields inside each other. */
type Less = [never, 0, 1, 2, 3, 4, 5];

type PathIn<Value, Depth extends number> = Depth extends 0
  ? string
  : Value extends ArrayLike<infer Element>
    ? `[${number | ""}]${"" | "?"}${PathBehind<Element, Less[Depth]>}`
    : Value extends object
      ? {
          [Name in keyof Value & string]: `${Name}${"" | "?"}${PathBehind<NonNullable<Value[Name]>, Less[Depth]>}`;
        }[keyof Value & string]
      : never;

type PathBehind<Value, Depth extends number> =
  | ""
  | "!"
  | (Value extends string
      ? never
      : Value extends ArrayLike<unknown>
        ? PathIn<Value, Depth>
        : Value extends object
          ? `.${PathIn<Value, Depth>}`
          : never);

/**
 * Values of a component's instances: the values at a path such as `pose.x`, several paths together, such as `["x",
 * "y"]`, or the result of a function of each instance.
 */
export type LensValue<Value> = FieldPath<Value> | readonly FieldPath<Value>[] | ((instance: Value) => unknown);

/** One component that a lens makes. */
export interface LensColumn<Value = LensInput> {
  /** The new component. Default: the same. */
  as?: LensTarget | undefined;
  /** The values. Default: the instances as they are. */
  value?: LensValue<Value> | undefined;
  /** A function that maps all values together to as many others. Default: none. */
  map?: ((values: Vector) => ColumnValues) | undefined;
}

/** A timeline that a lens makes. */
export interface LensTimeline {
  /** The unit of the times: numbers, nanoseconds, or nanoseconds since 1970. */
  kind: "sequence" | "duration" | "timestamp";
  /**
   * The path of the times: integers, in nanoseconds unless they are a sequence. Each row must have one, or with
   * `scatter` one for each instance. Scattered rows without an instance and a time are left out.
   */
  value: string;
}

/** Makes components of other components: on the same entity or another one. */
export interface Lens<Value = LensInput> extends LensColumn<Value> {
  /** The component that is read, e.g. `Imu:accel`. */
  from: string;
  /** The entity of the new component. Default: the same one, and without `as` the component itself is replaced. */
  to?: EntityPathLike | undefined;
  /** In place of `as`, `value` and `map`: several components in the same rows. */
  columns?: readonly LensColumn<Value>[] | undefined;
  /** Timelines that the rows have besides their own, or in place of them, by their names. Default: none. */
  timelines?: Readonly<Record<string, LensTimeline>> | undefined;
  /**
   * Whether each instance gets a separate row, at the times of its original row. Without a value that row is null.
   * Default `false`.
   */
  scatter?: boolean | undefined;
  /** The entities that the lens applies to, as expressions of queries. Default: all. */
  contents?: string | readonly string[] | undefined;
}

/** One lens or several. */
export type Lenses<Value = LensInput> = Lens<Value> | readonly Lens<Value>[];

/** The columns that remain beside the new components. */
export interface DeriveOptions {
  /**
   * The chunks besides the new components: `derived` none, `unmatched` the columns that no lens reads, `all` all
   * columns. Replaced columns are replaced in any case. Default `derived`.
   */
  output?: "derived" | "unmatched" | "all" | undefined;
}
