import type { ArrowType, ComponentType } from "@rerun-ts/core";
import { argumentError, checkOptions, describeValue, invalidArgument } from "@rerun-ts/core/checks";
import { codecOf, type ArrowTypeName } from "../codecs/values/arrow-codec.ts";
import {
  Archetype,
  componentColumnsOf,
  prepareArchetype,
  nameArchetype,
  updateOf,
  type ColumnsOf,
  type ComponentsOf,
  type FieldDefinition,
  type FromFieldsOptions,
  type TypedField,
} from "./archetype.ts";
import type { Component, ValueOf } from "./codec.ts";

/** The type of a field of a custom archetype: a component, an encoding, or an Arrow type. */
export type FieldType = Component<never> | ArrowTypeName | ArrowType;

/** The fields of a custom archetype by their names. */
export type CustomFieldTypes = Readonly<Record<string, FieldType>>;

/** The types of numbers in Arrow. */
type NumberName = "Int8" | "Int16" | "Int32" | "UInt8" | "UInt16" | "UInt32" | "Float16" | "Float32" | "Float64";

/** One value of a type of a field when it is read. */
export type FieldValue<Type> = Type extends NumberName
  ? number
  : Type extends "Int64" | "UInt64" | "Timestamp" | "Duration"
    ? bigint
    : Type extends "Bool"
      ? boolean
      : Type extends "Utf8" | "LargeUtf8"
        ? string
        : Type extends "Binary" | "LargeBinary"
          ? Uint8Array
          : Type extends Component<never>
            ? ValueOf<Type>
            : unknown;

/** The values of a type of a field when they are logged: one, or a list of them. */
export type FieldInput<Type> =
  Type extends ComponentType<infer Input>
    ? Input
    : Type extends NumberName
      ? number | ArrayLike<number | null>
      : Type extends "Int64" | "UInt64"
        ? number | bigint | ArrayLike<number | bigint | null>
        : Type extends "Bool" | "Utf8" | "LargeUtf8"
          ? FieldValue<Type> | readonly (FieldValue<Type> | null)[]
          : {};

/** All fields of a custom archetype. `null` and `[]` clear a field, `undefined` leaves it unchanged. */
export type CustomUpdate<Types> = { readonly [Name in keyof Types]?: FieldInput<Types[Name]> | null | undefined };

/** The fields for the constructor of a custom archetype. */
export type CustomOptions<Types, Required extends PropertyKey> = {
  readonly [Name in keyof Types & Required]: FieldInput<Types[Name]> | null;
} & { readonly [Name in Exclude<keyof Types, Required>]?: FieldInput<Types[Name]> | null | undefined };

/** Columns of a custom archetype: one instance in each row, unless `partition` is called. */
export type CustomColumns<Types> = { readonly [Name in keyof Types]?: FieldInput<Types[Name]> | undefined };

/** The brand of {@link CustomArchetype}: the types of its fields, which exist in types only. */
declare const FIELDS: unique symbol;

/** A class whose fields have these types when they are read. */
export interface CustomFields<Fields> {
  /** The types of the fields, in types only. */
  readonly [FIELDS]?: Fields;
}

/** The class of a custom archetype of {@link defineArchetype}. Its fields are constants, `name` as `nameField`. */
export type CustomArchetype<
  Name extends string,
  Types extends CustomFieldTypes,
  Required extends PropertyKey,
> = CustomFields<{ readonly [Field in keyof Types]: FieldValue<Types[Field]> }> & {
  /** Creates data for `log`. Values are checked and copied when they are logged. */
  new (
    ...fields: keyof Types & Required extends never
      ? [fields?: CustomOptions<Types, Required>]
      : [fields: CustomOptions<Types, Required>]
  ): ComponentsOf<Name>;
  /** The full name of the archetype. */
  readonly archetype: Name;
  /** Updates the given fields only: the others keep the values that were logged before. */
  fromFields(fields: CustomUpdate<Types>, options?: FromFieldsOptions): ComponentsOf<Name>;
  /** Clears all fields. */
  cleared(): ComponentsOf<Name>;
  /** Columns for `sendColumns`: one instance in each row, unless `partition` is called. */
  columns(fields: CustomColumns<Types>): ColumnsOf<Name>;
} & {
  readonly [Field in keyof Types & string as Field extends TakenName ? `${Field}Field` : Field]: TypedField<
    FieldValue<Types[Field]>,
    Name,
    Field
  >;
};

/** The names that every class of an archetype has already. */
type TakenName =
  | "archetype"
  | "fromFields"
  | "cleared"
  | "columns"
  | keyof CallableFunction
  | "constructor"
  | "hasOwnProperty"
  | "isPrototypeOf"
  | "propertyIsEnumerable"
  | "toLocaleString"
  | "valueOf";

/** Options of {@link defineArchetype}. */
export interface DefineArchetypeOptions<Required extends string = string> {
  /** The fields that the constructor needs. Default: none. */
  required?: readonly Required[] | undefined;
}

const BUILT_IN = /^rerun\./;

/**
 * Defines a custom archetype: a class such as those of Rerun, from the types of its fields. The components are named
 * `<archetype>:<field>`.
 *
 * @param archetype the full name, e.g. `my.Detection`
 * @param fields for each field a component (`rr.components.Scalar`), an encoding or an Arrow type (`"Int32"`)
 * @throws {TypeError} if an argument is wrong
 * @example
 * const Detection = rr.defineArchetype("my.Detection", { box: rr.components.HalfSize2D, score: "Float32" });
 * rec.log("car", new Detection({ box: [40, 25], score: 0.93 }));
 * rec.log("car", Detection.fromFields({ score: 0.95 }));
 */
export function defineArchetype<
  const Name extends string,
  const Types extends CustomFieldTypes,
  Required extends keyof Types & string = never,
>(archetype: Name, fields: Types, options?: DefineArchetypeOptions<Required>): CustomArchetype<Name, Types, Required> {
  if (typeof archetype !== "string" || archetype === "" || BUILT_IN.test(archetype))
    throw invalidArgument("archetype", 'a name of your own such as "my.Detection"', archetype);
  if (typeof fields !== "object" || (fields as unknown) === null || Array.isArray(fields))
    throw invalidArgument("fields", "an object of components by field name", fields);
  checkOptions("defineArchetype", options, { required: 1 });
  const names = Object.keys(fields);
  const { required = [] } = options ?? {};
  if (!Array.isArray(required)) throw invalidArgument("required", "an array of names of fields", required);
  for (const name of required)
    if (!names.includes(name)) throw invalidArgument("required", `names of fields (${names.join(", ")})`, name);
  const definitions = names.map((name): FieldDefinition => {
    const component = componentOf(name, fields[name]);
    return required.includes(name) ? [name, component, "required"] : [name, component];
  });
  const definition = prepareArchetype(archetype, definitions, false, {}, archetype);
  const type = class extends Archetype<Name> {
    static readonly archetype: Name = archetype;

    constructor(values?: object) {
      super(definition, undefined, values ?? {});
    }

    static fromFields(values: object, updateOptions?: FromFieldsOptions): ComponentsOf<Name> {
      return updateOf(definition, values, updateOptions);
    }

    static cleared(): ComponentsOf<Name> {
      return updateOf(definition, {}, { clearUnset: true });
    }

    static columns(values: object): ColumnsOf<Name> {
      return componentColumnsOf(definition, values);
    }
  };
  Object.defineProperty(type, "name", { value: definition.shortName });
  nameArchetype(definition, type);
  return type as unknown as CustomArchetype<Name, Types, Required>;
}

/** The component of a field. An Arrow type has none, so its values are written without a component type. */
function componentOf(name: string, type: unknown): ComponentType {
  const argument = `fields.${name}`;
  if (name === "" || name.includes(":"))
    throw argumentError("fields", `\`fields\` must have names without a colon, got ${describeValue(name)}`);
  if (typeof type === "object" && type !== null && "createBuilder" in type && "append" in type) {
    const component = type as ComponentType;
    const isEncoding = component.name?.includes(".encodings.") === true;
    if (!isEncoding) return component;
    const { name: _, ...codec } = component;
    return codec;
  }
  try {
    return codecOf(type as ArrowTypeName | ArrowType);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const message = problem.replace("must be of", "must be a component such as rr.components.Scalar, or of");
    throw argumentError(argument, `\`${argument}\` ${message}`, { cause });
  }
}
