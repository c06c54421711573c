import type { EntityPath, LogOptions, RecordingView, TimeColumn } from "@rerun-ts/core";
import type { ColumnsOf, ComponentsOf, TypedField } from "../define/archetype.ts";
import type { CustomFields } from "../define/custom-archetype.ts";
import type { any, ArchetypeType, entity, EntityData, TreeDefinition } from "./tree-definition.ts";

/** The archetypes of an entity that is described like this. */
export type ArchetypesOf<Definition> = Definition extends ArchetypeType
  ? Definition
  : Definition extends readonly (infer Type extends ArchetypeType)[]
    ? Type
    : Definition extends { readonly [entity]: infer Own extends EntityData }
      ? ArchetypesOf<Own>
      : never;

/** The full names of the archetypes of an entity. `rr.Clear` fits every entity. */
export type ArchetypeNames<Definition> = ArchetypesOf<Definition>["archetype"] | "rerun.archetypes.Clear";

/** The names of the entities below one. */
export type ChildNames<Definition> = Definition extends EntityData ? never : keyof Definition & string;

/** The description of the child with this name. */
export type ChildOf<Definition, Name extends string> =
  Name extends ChildNames<Definition>
    ? Definition[Name & keyof Definition]
    : Definition extends { readonly [any]: infer Other }
      ? Other
      : never;

/** The mark of {@link TreeEntity}: the description of the entity, which exists in types only. */
declare const DEFINITION: unique symbol;

/** An entity of any tree. */
export interface TreeEntity<Definition = EntityData | TreeDefinition> {
  /** The description of the entity, in types only. */
  readonly [DEFINITION]?: Definition;
  /** The absolute path, with the parts of all parents. */
  readonly path: EntityPath;
}

/** An entity of a tree, without its children. */
export interface TreeNode<Definition> extends TreeEntity<Definition> {
  /** The same entity, with all of its descendants, in another recording or at fixed times. */
  on(recording: RecordingView): EntityTree<Definition>;
  /**
   * Logs one row, as {@link RecordingView.log} does. Data of other archetypes is reported and not stored.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only
   */
  log(
    data: ComponentsOf<ArchetypeNames<Definition>> | readonly ComponentsOf<ArchetypeNames<Definition>>[],
    options?: LogOptions,
  ): void;
  /**
   * Logs many rows, as {@link RecordingView.sendColumns} does. Columns of other archetypes are reported and not stored.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only
   */
  sendColumns(
    times: TimeColumn | readonly TimeColumn[],
    columns: ColumnsOf<ArchetypeNames<Definition>> | readonly ColumnsOf<ArchetypeNames<Definition>>[],
  ): void;
  /**
   * The child with this name. With `rr.any` in the tree, any name is possible. A child with the name of a method, such
   * as `log`, is only accessible by this method.
   *
   * @throws {TypeError} if the tree has no such entity
   */
  child<Name extends (Definition extends { readonly [any]: unknown } ? string : ChildNames<Definition>)>(
    name: Name,
  ): EntityTree<ChildOf<Definition, Name>>;
}

/** An entity of a tree, and its children by their names. */
export type EntityTree<Definition> = TreeNode<Definition> & {
  readonly [Name in Exclude<ChildNames<Definition>, keyof TreeNode<never>>]: EntityTree<ChildOf<Definition, Name>>;
};

/** The fields of an archetype for reading: for each name, the type of one of its values. */
export type FieldsOf<Type> =
  Type extends CustomFields<infer Fields>
    ? Fields
    : {
        readonly [
          Key in keyof Type as Type[Key] extends TypedField<unknown, string, infer Name> ? Name : never
        ]: Type[Key] extends TypedField<infer Value> ? Value : never;
      };
