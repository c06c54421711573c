import {
  ComponentColumn,
  ComponentColumnList,
  type AsComponents,
  type ComponentDescriptor,
  type ComponentType,
  type RowWriter,
} from "@rerun-ts/core";
import {
  checkOptions,
  describeValue,
  didYouMean,
  InvalidValueError,
  problemWith,
  suggestName,
} from "@rerun-ts/core/checks";
import { NullBuilder, fieldWriterOf, type ComponentField, type FieldWriter } from "@rerun-ts/core/encode";

/**
 * The values of an archetype's fields by name: `undefined` is not written, `null` and an empty list clear the field.
 */
export type FieldValues = Readonly<Record<string, unknown>>;

/**
 * The fields of an archetype, prepared once for all of its instances.
 *
 * Generated files create one as a module constant. Each field has the descriptor that is written to the recording and
 * the codec of its component. The constants are shared by all rows, so that logging allocates nothing for them and a
 * column is found by the identity of its field.
 */
export interface ArchetypeDefinition<Name extends string = string> {
  /** The full name, e.g. `rerun.archetypes.Points3D`. */
  readonly archetype: Name;
  /** The name in messages, e.g. `Points3D`. */
  readonly shortName: string;
  /** All fields by their names in TypeScript. */
  readonly byName: ReadonlyMap<string, ComponentField>;
  /** The field that is the first constructor argument, if any. */
  readonly positional: ComponentField | undefined;
  /** The fields for updates: none is required, so the number of instances is not checked against another field. */
  readonly updates: ReadonlyMap<string, ComponentField>;
  /** The required fields other than `positional`. */
  readonly required: readonly (readonly [name: string, field: ComponentField])[];
  readonly forms: OptionForms;
  /** Returns the definition itself. */
  readonly get: () => ArchetypeDefinition<Name>;
}

/** Differences between the options of a constructor and the fields of the archetype. */
export interface OptionForms {
  /** Options that are converted to fields. */
  readonly also?: readonly string[];
  /** Fields that the constructor accepts in another form. */
  readonly not?: readonly string[];
  /** Options without a meaning, which objects of a well-known library have. */
  readonly ignored?: readonly string[];
  /** Whether the required fields may be left out. */
  readonly isOptional?: boolean;
}

/**
 * A field in the generated files: its name in TypeScript, its component, and whether it is required. Its name in Rerun
 * is the same in snake case.
 */
export type FieldDefinition = readonly [name: string, component: ComponentType, required?: "required"];

/** Components of one archetype: an instance of its class, or the result of its `fromFields`. */
export interface ComponentsOf<Name extends string> extends AsComponents {
  /** The full name of the archetype. */
  readonly archetype: Name;
}

/** The mark of {@link ColumnsOf}: the name of the archetype, which exists in types only. */
declare const COLUMNS_OF: unique symbol;

/** Columns of one archetype, as its `columns` returns them. */
export interface ColumnsOf<Name extends string> extends ComponentColumnList {
  /** The name of the archetype, in types only. */
  readonly [COLUMNS_OF]?: Name;
  /** All columns, with `lengths[row]` instances in each row. A single number counts for all rows. */
  partition(lengths: ArrayLike<number | null> | number): ColumnsOf<Name>;
}

/** The brand of {@link TypedField}: its types, which exist in types only. */
declare const FIELD: unique symbol;

/**
 * A field of an archetype, such as `rr.Points3D.colors`, with the type of its values: choose columns with it when you
 * read a recording.
 */
export interface TypedField<Value, Archetype extends string = string, Name extends string = string> {
  /** The type of a value, the archetype's name and the field's name. Exists in types only. */
  readonly [FIELD]?: readonly [Value, Archetype, Name];
  /** The identity of its column in recordings. */
  readonly descriptor: ComponentDescriptor;
  /** Its component. */
  readonly type: ComponentType;
  /** Its name in messages, e.g. `Points3D.colors`. */
  readonly label: string;
}

/** Adds the fields of an archetype to its class, `name` as `nameField`. Returns the full name of the archetype. */
export function nameArchetype<Definition extends ArchetypeDefinition>(
  { archetype, byName }: Definition,
  type: object,
): Definition["archetype"] {
  const fields = type as Record<string, ComponentField>;
  for (const [name, field] of byName) fields[name in type ? `${name}Field` : name] = field;
  return archetype;
}

/** The same properties, all of them optional. */
export type AllOptional<Options> = { [Name in keyof Options]?: Options[Name] | undefined };

/** The treatment of the fields that an update does not name. */
export interface FromFieldsOptions {
  /** Also clear all fields that are not given. Default `false`. */
  clearUnset?: boolean | undefined;
}

/**
 * Prepares the fields of an archetype.
 *
 * @param isPositional whether the first one is a constructor argument
 * @param prefix the part of the names of its components before the colon. Default: the short name, and the names of
 * the fields in snake case
 */
export function prepareArchetype<Name extends string>(
  archetype: Name,
  definitions: readonly FieldDefinition[],
  isPositional: boolean,
  forms: OptionForms = {},
  prefix?: string,
): ArchetypeDefinition<Name> {
  const shortName = archetype.slice(archetype.lastIndexOf(".") + 1);
  const named = definitions.map(([name, component, required]): [string, ComponentField] => [
    name,
    {
      descriptor: {
        component: prefix === undefined ? `${shortName}:${snakeCase(name)}` : `${prefix}:${name}`,
        archetype,
        componentType: component.name,
      },
      type: component,
      label: `${shortName}.${name}`,
      isRequired: required === "required",
    },
  ]);
  const positional = isPositional ? named[0]?.[1] : undefined;
  const definition: ArchetypeDefinition<Name> = {
    get: () => definition,
    archetype,
    shortName,
    byName: new Map(named),
    positional,
    updates: new Map(named.map(([name, field]) => [name, { ...field, isRequired: false }])),
    required: named.filter(([, field]) => field.isRequired === true && field !== positional),
    forms,
  };
  return definition;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The options of a constructor with further arguments among them. Anything but an object is left for the check. */
export function withArguments(options: object | undefined, values: FieldValues): object {
  const isObject = options === undefined || (typeof options === "object" && (options as unknown) !== null);
  return isObject ? { ...options, ...values } : options;
}

/**
 * The base class of all archetypes.
 *
 * An instance only refers to the values it is given: the constructor neither checks nor copies anything and never
 * throws, so creating an archetype costs almost nothing. Values are checked and copied while the archetype is logged,
 * where an error can name the entity and the field. The same instance can be logged any number of times. Values that
 * change in between are logged with their new contents.
 */
export abstract class Archetype<Name extends string = string> implements ComponentsOf<Name> {
  // No private members: proxies of reactive state, such as those of Vue, have none. A function returns the definition,
  // because proxies wrap every object that they return, and columns are found by the identity of fields.
  private readonly _definition: () => ArchetypeDefinition<Name>;
  private readonly _first: unknown;
  private readonly _options: FieldValues | undefined;

  /**
   * @param first the value of the positional field, or `undefined` if the archetype has none
   * @param options the other fields, and options that {@link Archetype.expand} converts to fields
   */
  protected constructor(definition: ArchetypeDefinition<Name>, first: unknown, options: object | undefined) {
    if (!isDescribed) describeArchetypes();
    this._definition = definition.get;
    this._first = first;
    this._options = options as FieldValues | undefined;
  }

  /** The full name of the archetype. */
  get archetype(): Name {
    return this._definition().archetype;
  }

  /** Writes the fields into a row. Called by the recording. */
  asComponents(row: RowWriter): void {
    const definition = this._definition();
    const options = givenOptions(definition, this._options);
    writeFields(fieldWriterOf(row), definition, this._first, options === undefined ? undefined : this.expand(options));
  }

  /** The values of the fields other than the positional one. Throws `InvalidValueError`. */
  protected get values(): FieldValues {
    return this.expand(this._options ?? {});
  }

  /** The names of the options. */
  protected get optionNames(): readonly string[] {
    return optionNames(this._definition());
  }

  /** Converts options that are not fields to fields. Throws `InvalidValueError`. */
  protected expand(options: FieldValues): FieldValues {
    return options;
  }
}

/** Describes an archetype in the console of Node by its public properties. */
function describeArchetype(
  this: Archetype,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const shown = Object.entries(this).filter(([name]) => !name.startsWith("_"));
  return `${this.constructor.name} ${inspect(Object.fromEntries(shown), options)}`;
}

/** Whether archetypes are described. Not when this module is loaded: bundlers could not leave out the class. */
let isDescribed = false;

function describeArchetypes(): void {
  isDescribed = true;
  Object.defineProperty(Archetype.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: describeArchetype });
}

/** Writes the given fields. Throws `InvalidValueError` for fields that the archetype does not have. */
function writeFields(
  row: FieldWriter,
  definition: ArchetypeDefinition,
  first: unknown,
  options: FieldValues | undefined,
): void {
  const { positional, required, byName } = definition;
  if (positional !== undefined) {
    if (first === undefined) throw missing(positional, definition, options);
    row.field(positional, first);
  }
  if (options === undefined) return;
  // Required fields come first: they determine the number of instances.
  for (let index = 0; index < required.length; index++) {
    const entry = required[index] as (typeof required)[number];
    const value = options[entry[0]];
    if (value !== undefined) row.field(entry[1], value);
    else if (definition.forms.isOptional !== true) throw missing(entry[1], definition, options);
  }
  for (const name in options) {
    const field = byName.get(name);
    if (field === undefined) {
      // Other code may have added names to `Object.prototype`.
      if (Object.hasOwn(options, name)) checkName(definition, name);
      continue;
    }
    const value = options[name];
    if (value !== undefined && (field.isRequired !== true || field === positional)) row.field(field, value);
  }
}

/** Throws `InvalidValueError` for a field that the archetype does not have. */
function checkName(definition: ArchetypeDefinition, name: string): void {
  if (!definition.byName.has(name) && !definition.forms.ignored?.includes(name)) throw unknownField(definition, name);
}

/** The options of an archetype, or `undefined` if there are none and it needs none. Throws `InvalidValueError`. */
function givenOptions(definition: ArchetypeDefinition, options: FieldValues | undefined): FieldValues | undefined {
  if (options !== undefined) return checkFields(definition, options, true);
  return definition.required.length === 0 ? undefined : {};
}

/**
 * Throws `InvalidValueError` if the fields are not an object with names. A constructor may have a positional argument
 * before them.
 */
function checkFields(definition: ArchetypeDefinition, fields: object, isConstructor = false): FieldValues {
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields) && !ArrayBuffer.isView(fields))
    return fields as FieldValues;
  const names = optionNames(definition).filter(
    (name) => !isConstructor || !definition.positional || definition.byName.get(name) !== definition.positional,
  );
  const listed = `{ ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""} }`;
  const expected = `created with an object of its fields ${listed}${isConstructor ? " as the last argument" : ""}`;
  throw new InvalidValueError(expected, describeValue(fields), false, definition.shortName);
}

/** The error of a required field. Throws that of an unknown field, which may be the same in another spelling. */
function missing({ label }: ComponentField, definition: ArchetypeDefinition, options?: FieldValues): InvalidValueError {
  for (const name of Object.keys(options ?? {})) checkName(definition, name);
  return problemWith(label, "is missing: pass a value, or null to clear it");
}

/** Implements `X.fromFields`: only the given fields are written, so that the others keep their values. */
export function updateOf<Name extends string>(
  definition: ArchetypeDefinition<Name>,
  fields: object,
  options?: FromFieldsOptions,
): ComponentsOf<Name> {
  return {
    archetype: definition.archetype,
    asComponents(row: RowWriter): void {
      checkOptions("fromFields", options, { clearUnset: "boolean" });
      const values = checkFields(definition, fields);
      const known = definition.byName;
      for (const name of Object.keys(values))
        if (!known.has(name)) throw unknownField(definition, name, [...known.keys()]);
      for (const [name, field] of definition.updates) {
        const value = values[name] ?? (options?.clearUnset === true ? null : values[name]);
        if (value !== undefined) fieldWriterOf(row).field(field, value);
      }
    },
  };
}

/** The full name of the archetype of an instance, or of a result of `fromFields`. `undefined` for other data. */
export function archetypeNameOf(data: AsComponents): string | undefined {
  const { archetype } = ("archetype" in data ? data : data.constructor) as { readonly archetype?: unknown };
  return typeof archetype === "string" ? archetype : undefined;
}

/** Implements `X.columns`. Never throws: errors are reported when the columns are sent. */
export function componentColumnsOf(definition: ArchetypeDefinition, fields: object): ComponentColumnList {
  const columns: ComponentColumn[] = [];
  const { byName } = definition;
  try {
    for (const [name, value] of Object.entries(checkFields(definition, fields))) {
      if (value === undefined) continue;
      const field =
        byName.get(name) ?? invalidColumn(definition.shortName, unknownField(definition, name, [...byName.keys()]));
      columns.push(new ComponentColumn(field, value));
    }
  } catch (error) {
    return new ComponentColumnList([new ComponentColumn(invalidColumn(definition.shortName, error), [undefined])]);
  }
  return new ComponentColumnList(columns);
}

/** The names of the options of the constructor. */
function optionNames({ byName, forms: { also = [], not = [] } }: ArchetypeDefinition): readonly string[] {
  return [...also, ...byName.keys()].filter((name) => !not.includes(name));
}

function unknownField(
  definition: ArchetypeDefinition,
  name: string,
  names: readonly string[] = optionNames(definition),
): InvalidValueError {
  const meant = suggestName(name, names);
  return problemWith(
    definition.shortName,
    `has the unknown field ${didYouMean(name, meant)}; fields: ${names.join(", ")}`,
  );
}

/** A field whose column throws when it is sent. */
export function invalidColumn(label: string, error: unknown): ComponentField {
  return {
    descriptor: { component: `${label}:` },
    label,
    type: {
      arrow: { type: "Null" },
      createBuilder: () => new NullBuilder(),
      append: () => {
        throw error;
      },
    },
  };
}
