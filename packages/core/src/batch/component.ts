import type { ArrowType } from "../arrow/arrow-type.ts";
import type { ArrayBuilder } from "../arrow/builder/array-builder.ts";

/** What names a column of data: for `Points3D:colors` its archetype and component type too. */
export interface ComponentDescriptor {
  /** The identifier within an entity, e.g. `Points3D:colors`. */
  readonly component: string;
  /** The full name of the archetype, e.g. `rerun.archetypes.Points3D`. */
  readonly archetype?: string | undefined;
  /** The full name of the component type, e.g. `rerun.components.Color`. */
  readonly componentType?: string | undefined;
}

/** A kind of component: how its instances lie in Arrow, and how values become instances. */
export interface ComponentType<Input = never> {
  /** The full name, e.g. `rerun.components.Color`; absent for data without a type of its own. */
  readonly name?: string | undefined;
  /** The Arrow type of one instance. */
  readonly arrow: ArrowType;
  /** An empty array of instances. */
  createBuilder(): ArrayBuilder;
  /**
   * Checks and appends values. Throws `InvalidValue`; the caller then takes back what was appended.
   * @param instances how many instances the archetype's required field has in this row, -1 if that is unknown
   */
  append(values: Input, target: ArrayBuilder, instances: number): void;
}

/** Values of one component, not yet looked at. */
export interface ComponentBatch {
  readonly type: ComponentType;
  readonly values: unknown;
}

/** A field of an archetype: a component with a place in user code. */
export interface ComponentField {
  readonly descriptor: ComponentDescriptor;
  readonly type: ComponentType;
  /** How users know it, e.g. `Points3D.colors`. */
  readonly label: string;
  /** Whether other fields of the archetype are counted against it. */
  readonly isRequired?: boolean | undefined;
}

/** Anything that can be logged: archetypes, and objects of your own. */
export interface AsComponents {
  /** Writes the components into `row`. May be called again for the same row. */
  asComponents(row: RowWriter): void;
}

/** The row that is being logged. */
export interface RowWriter {
  /** Adds everything of another object. */
  add(data: AsComponents): void;
  /** Adds one component; `null` writes an empty list, which clears it. */
  write(descriptor: ComponentDescriptor, batch: ComponentBatch | null): void;
}

/** What archetypes of this SDK see of a row: fields are constants, so nothing is allocated for them. */
export interface FieldWriter extends RowWriter {
  /** Adds one field; `null` writes an empty list. `type` converts the values, if it is not the field's. */
  field(field: ComponentField, values: unknown, type?: ComponentType): void;
  /** Makes a field of a descriptor: the same one for what is equal. It is then the newest of its component. */
  intern(descriptor: ComponentDescriptor, type: ComponentType, label: string): ComponentField;
  /** The newest field that was made of a component's descriptor in this recording. */
  newest(descriptor: ComponentDescriptor): ComponentField | undefined;
}
