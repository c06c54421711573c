import type { ArrowDefinition, EnumValues } from "../codegen/model.ts";

/** An entry of `definitions/archetypes.json`. */
export interface ArchetypeEntry {
  readonly name: string;
  readonly archetype: string;
  readonly displayName: string;
  readonly scope?: string;
  readonly deprecated?: true;
  readonly fields: readonly FieldEntry[];
}

export interface FieldEntry {
  readonly name: string;
  readonly component: string;
  readonly required?: true;
  readonly uiEditable?: true;
}

/** An entry of `definitions/components.json`. */
export interface ComponentEntry {
  readonly name: string;
  readonly component: string;
  readonly arrow: ArrowDefinition;
  readonly encoding?: string;
  readonly unstable?: true;
  readonly deprecated?: true;
  readonly enum?: EnumValues;
  readonly ownChunk?: true;
}

/** An entry of `definitions/encodings.json`. */
export interface EncodingEntry {
  readonly name: string;
  readonly encoding: string;
  readonly arrow: ArrowDefinition;
  readonly enum?: EnumValues;
}

/** An entry of `definitions/views.json`. */
export interface ViewEntry {
  readonly classIdentifier: string;
  readonly pythonClass: string;
  /** Of the Python class's constructor. */
  readonly parameters: readonly string[];
  /** The archetypes that the view shows. */
  readonly visualizes: readonly string[] | "any";
  /** The blueprint archetypes that configure it. */
  readonly propertyArchetypes: readonly string[];
}

/** The content of `definitions/*.json`. */
export interface Facts {
  readonly archetypes: readonly ArchetypeEntry[];
  readonly components: readonly ComponentEntry[];
  readonly encodings: readonly EncodingEntry[];
  readonly views: readonly ViewEntry[];
}
