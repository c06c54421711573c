import type { any, ArchetypeType, FieldsOf, TreeEntity } from "@rerun-ts/types";
import type { QueryOptions } from "../query/query-options.ts";
import type { TimeForm, TimeOf } from "../query/column-choice.ts";

/** Options of `RecordingReader.rows`. */
export interface TreeRowsOptions extends Omit<QueryOptions, "contents" | "columns"> {
  /** The form of the times: `BigInt`, `Number` or `Date`. Default `BigInt`. */
  time?: TimeForm | undefined;
  /**
   * The index of the only instance of each component that is read, usually 0. Default: none, so that a value is the
   * list of all its instances.
   */
  instance?: number | undefined;
}

/** One value, or a list of the values of all instances. */
type Cell<Value, Options> =
  | null
  | (Options extends { readonly instance: infer Instance }
      ? Instance extends number
        ? Value
        : readonly Value[]
      : "instance" extends keyof Options
        ? Value | readonly Value[]
        : readonly Value[]);

/** The time of a row. */
type Time<Options> = Options extends { readonly time: infer Form }
  ? TimeOf<Form>
  : "time" extends keyof Options
    ? TimeOf<TimeForm>
    : bigint;

/** The values of the fields of an archetype. */
type Fields<Type, Options> = {
  readonly [Name in keyof FieldsOf<Type>]: Cell<FieldsOf<Type>[Name], Options>;
};

/** The values of an entity and of those below, in the shape of the tree. */
export type TreeValues<Definition, Options = object> = Definition extends ArchetypeType
  ? Fields<Definition, Options>
  : Definition extends readonly ArchetypeType[]
    ? { readonly [Index in keyof Definition]: Fields<Definition[Index], Options> }
    : Definition extends { readonly [any]: infer Other }
      ? NamedValues<Definition, Options> & {
          readonly [name: string]: TreeValues<Other, Options> | NamedValues<Definition, Options>[never] | undefined;
        }
      : NamedValues<Definition, Options>;

type NamedValues<Definition, Options> = {
  readonly [Name in Exclude<keyof Definition, typeof any>]: TreeValues<Definition[Name], Options>;
};

/** A row of an entity of a tree. */
export interface TreeRow<Node, Options> {
  /** The time on the index of the query. Null without an index. */
  readonly time: Options extends { readonly index: infer Index } ? (Index extends null ? null : Time<Options>) : never;
  /** The values, in the shape of the tree. */
  readonly values: Node extends TreeEntity<infer Definition> ? TreeValues<Definition, Options> : never;
}
