import type { ArrowType } from "../arrow/arrow-type.ts";
import type { ArrayBuilder } from "../arrow/builder/array-builder.ts";

/** The identity of a column of data: the component's identifier, and usually its archetype and component type. */
export interface ComponentDescriptor {
  /** The identifier within an entity, e.g. `Points3D:colors`. */
  readonly component: string;
  /** The full name of the archetype, e.g. `rerun.archetypes.Points3D`. */
  readonly archetype?: string | undefined;
  /** The full name of the component type, e.g. `rerun.components.Color`. */
  readonly componentType?: string | undefined;
}

/**
 * A kind of component: the Arrow type of its instances, and the conversion of values to instances.
 *
 * Component types have no state and are shared by all recordings: each column gets a builder from `createBuilder`.
 */
export interface ComponentType<Input = never> {
  /** The full name, e.g. `rerun.components.Color`, or `undefined` for data without a component type. */
  readonly name?: string | undefined;
  /** The Arrow type of one instance. */
  readonly arrow: ArrowType;
  /** Creates an empty array of instances. */
  createBuilder(): ArrayBuilder;
  /**
   * Checks and appends values. Throws `InvalidValueError`. The caller then removes the appended part.
   *
   * @param instances the number of instances of the archetype's required field in this row, -1 if it is not known
   */
  append(values: Input, target: ArrayBuilder, instances: number): void;
  /** For frames of a video: whether a decoder can start at a frame. `codec` is Rerun's number of the codec. */
  isKeyframe?(this: void, codec: number, frame: Uint8Array): boolean;
}

/** Values of one component, not yet checked. */
export interface ComponentBatch {
  /** The component type, which checks and writes the values. */
  readonly type: ComponentType;
  /** The values as the caller passed them. */
  readonly values: unknown;
}

/** A field of an archetype: a component with its codec and its name in user code. */
export interface ComponentField {
  readonly descriptor: ComponentDescriptor;
  readonly type: ComponentType;
  /** The name of the field in error messages, e.g. `Points3D.colors`. */
  readonly label: string;
  /** Whether the field determines the number of instances of the archetype's other fields. */
  readonly isRequired?: boolean | undefined;
}

/** Anything that can be logged: archetypes, and custom objects. */
export interface AsComponents {
  /**
   * Writes the components into `row`. Called each time the object is logged, and a second time for the same row if a
   * component has changed its type, so the method must not have side effects.
   */
  asComponents(row: RowWriter): void;
}

/** The brand of {@link RowWriter}. It exists only in types and is not exported, so no other type can have it. */
declare const MADE_BY_SDK: unique symbol;

/**
 * The row for {@link AsComponents.asComponents} to write into.
 *
 * Row writers are created by the SDK only. Archetypes use more members than those declared here, so the type is opaque:
 * another object with the same two methods is not a `RowWriter`. A recording uses one row writer for all of its rows.
 * Calling it after `asComponents` has returned is an error.
 */
export interface RowWriter {
  readonly [MADE_BY_SDK]: true;
  /** Adds all components of another object. */
  add(data: AsComponents): void;
  /** Adds one component. `null` writes an empty list, which clears it. */
  write(descriptor: ComponentDescriptor, batch: ComponentBatch | null): void;
}

/** A row writer for the archetypes of this SDK. Their fields are constants, so writing them allocates nothing. */
export interface FieldWriter extends RowWriter {
  /**
   * Adds one field. `null` writes an empty list. Default of `type`, which converts the values: the type of the field.
   */
  field(field: ComponentField, values: unknown, type?: ComponentType): void;
  /**
   * The field of a descriptor and a type, which becomes the newest field of its component. Equal arguments return the
   * same object.
   */
  intern(descriptor: ComponentDescriptor, type: ComponentType, label: string): ComponentField;
  /** The field that was last interned for a component in this recording. */
  newest(descriptor: ComponentDescriptor): ComponentField | undefined;
}

/** A row writer without the brand, for implementation by classes of the SDK. */
export type RowWriterMethods = Omit<FieldWriter, typeof MADE_BY_SDK>;

/** All methods of a row writer: every {@link RowWriter} has them, because only the SDK makes one. */
export function fieldWriterOf(row: RowWriter): FieldWriter {
  return row as FieldWriter;
}
