import type { EntityPathLike } from "@rerun-ts/core";
import type { ArchetypesOf, TreeEntity, TypedField } from "@rerun-ts/types";

/**
 * The form of times: `BigInt` as they are stored, `Number` for numbers of a sequence or for seconds, `Date` for
 * timestamps in milliseconds.
 */
export type TimeForm = BigIntConstructor | NumberConstructor | DateConstructor;

/** A time in a form. */
export type TimeOf<Form> = Form extends NumberConstructor ? number : Form extends DateConstructor ? Date : bigint;

/**
 * A column of typed rows: a timeline with the form of its times, or an entity with a field of an archetype. With an
 * index, each cell is the instance at this index. Otherwise each cell is a list of all instances.
 */
export type ColumnChoice =
  | readonly [timeline: string, form: TimeForm]
  | readonly [entity: EntityPathLike | TreeEntity, field: TypedField<unknown>, instance?: number];

/** Columns by the names that they have in rows. */
export type ColumnChoices = Readonly<Record<string, ColumnChoice>>;

/** A cell of a chosen column. `Index` is the index of the query, which has a time in every row. */
export type CellOf<Choice, Index = string | null> = Choice extends readonly [infer Name, infer Form extends TimeForm]
  ? string extends Index
    ? TimeOf<Form> | null
    : Name extends Index
      ? TimeOf<Form>
      : TimeOf<Form> | null
  : Choice extends readonly [unknown, TypedField<infer Value>, ...infer Instance]
    ?
        | null
        | (Instance extends readonly []
            ? readonly Value[]
            : Instance extends readonly [number]
              ? Value
              : Value | readonly Value[])
    : never;

/** A row with the chosen columns. */
export type TypedRow<Choices, Index = string | null> = {
  readonly [Key in keyof Choices]: CellOf<Choices[Key], Index>;
};

/** The same columns. A field that an entity of a tree does not have is none. */
export type CheckedChoices<Choices> = {
  readonly [Key in keyof Choices]: Choices[Key] extends readonly [
    TreeEntity<infer Definition>,
    TypedField<unknown, infer Archetype>,
    ...unknown[],
  ]
    ? Archetype extends ArchetypesOf<Definition>["archetype"]
      ? Choices[Key]
      : readonly [TreeEntity<Definition>, TypedField<unknown, ArchetypesOf<Definition>["archetype"]>, number?]
    : Choices[Key];
};
