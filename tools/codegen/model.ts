/** The description of one archetype in `definitions/archetypes.json`. */
export interface ArchetypeDefinition {
  /** The short name, e.g. `Points3D`. */
  readonly name: string;
  /** The full name, e.g. `rerun.archetypes.Points3D`. */
  readonly archetype: string;
  /** `blueprint` for archetypes that describe the viewer's layout. */
  readonly scope?: "blueprint";
  /** In Rerun's order. */
  readonly fields: readonly FieldDefinition[];
}

/** A field of an archetype. */
export interface FieldDefinition {
  /** Rerun's name, in snake case. */
  readonly name: string;
  /** The full name of the component type, e.g. `rerun.components.Color`. */
  readonly component: string;
  readonly required?: boolean;
}

/** The description of one component in `definitions/components.json`. */
export interface ComponentDefinition {
  readonly name: string;
  /** The full name, e.g. `rerun.components.Color`. */
  readonly component: string;
  /**
   * The encoding that the component shares with other components; absent for enumerations and for layouts of its own.
   */
  readonly encoding?: string;
  readonly arrow: ArrowDefinition;
  readonly enum?: EnumValues;
}

/** The description of one encoding in `definitions/encodings.json`: a value type that components share. */
export interface EncodingDefinition {
  readonly name: string;
  /** The full name, e.g. `rerun.encodings.Rgba32`. */
  readonly encoding: string;
  readonly arrow: ArrowDefinition;
  readonly enum?: EnumValues;
}

/** A type for which the generator chooses a codec: a component, an encoding, or the type of a nested field. */
export interface TypeDefinition {
  readonly name: string;
  readonly arrow: ArrowDefinition;
  readonly enum?: EnumValues | undefined;
}

/** The numbers of an enumeration's names. */
export type EnumValues = Readonly<Record<string, number>>;

/** The Arrow type of one instance. */
export type ArrowDefinition =
  | { readonly type: LeafType }
  | { readonly type: "List"; readonly item: ArrowField }
  | { readonly type: "FixedSizeList"; readonly size: number; readonly item: ArrowField }
  | { readonly type: "Struct"; readonly fields: readonly ArrowField[] }
  | {
      readonly type: "Union";
      readonly mode: string;
      readonly typeIds: readonly number[];
      readonly fields: readonly ArrowField[];
    };

/** The Arrow types without children that occur in Rerun's types. */
export type LeafType =
  | "Null"
  | "Bool"
  | "Utf8"
  | "Int8"
  | "Int16"
  | "Int32"
  | "Int64"
  | "UInt8"
  | "UInt16"
  | "UInt32"
  | "UInt64"
  | "Float16"
  | "Float32"
  | "Float64";

/** A nested field or item: its type is in the same object. */
export type ArrowField = ArrowDefinition & {
  readonly name: string;
  readonly nullable: boolean;
  /** The full name of the encoding, if the field is one. */
  readonly encoding?: string;
};

/** The description of one view in `definitions/views.json`. */
export interface ViewDefinition {
  /** The identifier of the kind of view, e.g. `3D`. */
  readonly classIdentifier: string;
  /** The name of Python's class, e.g. `Spatial3DView`. */
  readonly pythonClass: string;
  /** The parameters of that class, in snake case: first those of all views. */
  readonly parameters: readonly string[];
  /** The full names of the archetypes that the other parameters are stored in, in the same order. */
  readonly propertyArchetypes: readonly string[];
}

/** Everything that files are generated from. */
export interface Definitions {
  readonly archetypes: readonly ArchetypeDefinition[];
  readonly blueprint: readonly ArchetypeDefinition[];
  /** By full name. */
  readonly components: ReadonlyMap<string, ComponentDefinition>;
  readonly encodings: readonly EncodingDefinition[];
  /** The values of the encodings that are enumerations, by short name: nested fields refer to them. */
  readonly enums: ReadonlyMap<string, EnumValues>;
  readonly views: readonly ViewDefinition[];
  readonly overrides: Overrides;
  readonly docs: DocTexts;
}

/** Additions of this SDK to Rerun's definitions. */
export interface Overrides {
  /** By the archetype's short name. */
  readonly archetypes: Readonly<Record<string, ArchetypeOverride>>;
  /** The archetypes all of whose fields are options, by their short names. */
  readonly withoutArguments: readonly string[];
  /** By the short name of an encoding that is a struct. */
  readonly structs: Readonly<Record<string, StructOverride>>;
}

/** The differences of an archetype's class from the class that follows from its definition. */
export interface ArchetypeOverride {
  /** Fields that are positional constructor arguments, in this order; all other fields are options. */
  readonly positional?: readonly string[];
  /** For properties of layouts: their first argument may also be an object with all fields. */
  readonly property?: PropertyOverride;
  /** An argument that replaces fields: hand-written code turns it into them. */
  readonly argument?: ArgumentOverride;
  /**
   * The hand-written part. `class`: `src/archetypes/` has a class that extends the generated one. `expand`: `src/ext/`
   * has a function `expandX`, which turns options into fields.
   */
  readonly handWritten?: "class" | "expand";
  /** The modules of components that are stricter for this archetype, from the generated file, by their short names. */
  readonly components?: Readonly<Record<string, string>>;
  /** The types that the hand-written file exports; `XOptions` among them replaces the generated type. */
  readonly types?: readonly string[];
  /** Options that the hand-written part turns into fields. */
  readonly alsoOptions?: readonly string[];
  /** Fields that the constructor accepts only in another form. */
  readonly notOptions?: readonly string[];
  /** Options that are ignored, because objects of a well-known library have them. */
  readonly ignoredOptions?: readonly string[];
  /** Whether the options may be left out although their type is hand-written. */
  readonly hasOptionalOptions?: boolean;
  /** The type and the description of `columns`, if it accepts more than lists with one instance for each row. */
  readonly columns?: { readonly type: string; readonly doc: string };
  /** A value that a field gets if another field is given and this one is not. */
  readonly implied?: { readonly given: string; readonly implies: string; readonly value: number };
  /** A paragraph about the hand-written part, for docs/archetypes.md. */
  readonly remark?: string;
}

/**
 * The forms of the first argument of a property, which is the first argument in Rerun's Python SDK or the property's
 * main field.
 */
export interface PropertyOverride {
  /** A key of objects that are a value of the argument, and not all fields. */
  readonly valueKey?: string;
  /** Whether the field must be given. */
  readonly isRequired?: boolean;
  /** The type of the argument, if it is not the type of the field, and its imports. */
  readonly type?: string;
  readonly imports?: readonly Import[];
  /** The function in `src/ext` that turns the arguments into fields. */
  readonly fieldsOf?: string;
  /** The description, in lower case, because it follows the name. Default: the field's description. */
  readonly doc?: string;
}

/** A constructor argument that is not a field. */
export interface ArgumentOverride {
  readonly name: string;
  readonly type: string;
  readonly imports: readonly Import[];
  /** Begins in lower case: it follows the name. */
  readonly doc: string;
}

/** Shorter forms in which values of a struct may be given. */
export interface StructOverride {
  /** The field that a value may be given as alone, in Rerun's spelling. */
  readonly shorthand?: string;
  /** The words of error messages for the shorter forms. */
  readonly expected?: string;
  /** Values of fields that may be left out. */
  readonly fallbacks?: Readonly<Record<string, boolean>>;
  /** Forms that hand-written code turns into the struct. */
  readonly forms?: StructFormsOverride;
}

/** Hand-written code for other forms of a struct. */
export interface StructFormsOverride {
  /** The module in `src/codecs`, without `.ts`. */
  readonly module: string;
  /** The function that converts a form to an object. */
  readonly normalize: string;
  /** The function that tells one struct from a list of them. */
  readonly isOne?: string;
  /** The type of the forms, with `$` for the type of the struct's fields. */
  readonly type: string;
  /** The types that the module, or another one, exports for `type`. */
  readonly imports?: readonly Import[];
}

/** A module and the names to import from it: `Name` or `type Name`. */
export type Import = readonly [from: string, ...names: string[]];

/** A file that is generated, by its name without `.ts`. */
export interface GeneratedFile {
  readonly name: string;
  readonly content: string;
}

/** The doc comments of all types. */
export interface DocTexts {
  archetype(name: string): ArchetypeDoc;
  component(name: string): TypeDoc;
  encoding(name: string): TypeDoc;
  /** @param classIdentifier the identifier of the view, e.g. `3D` */
  view(classIdentifier: string): ViewDoc;
}

export interface ViewDoc {
  readonly summary: string;
  /** Each is a list of lines. */
  readonly examples: readonly (readonly string[])[];
  /** @param name the parameter in Rerun's spelling */
  readonly parameter: (name: string) => string;
}

export interface ArchetypeDoc {
  readonly summary: string;
  /** Each is a list of lines. */
  readonly examples: readonly (readonly string[])[];
  /** @param nativeName the field in Rerun's spelling */
  readonly field: (nativeName: string) => string;
}

export interface TypeDoc {
  readonly summary: string;
  /** The meaning of a value of an enumeration. */
  readonly value: (name: string) => string;
  /** @param nativeName the field or variant in Rerun's spelling */
  readonly field: (nativeName: string) => string;
}
