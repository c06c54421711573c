import type { AsComponents, ComponentColumnList } from "@rerun-ts/core";
import { Archetype, columnsOf, updateOf, type FieldValues, type FromFieldsOptions } from "../define/archetype.ts";
import { CLEAR, type ClearFields } from "../gen/archetypes/clear.ts";

/** Options of {@link Clear}. */
export interface ClearOptions {
  /** Whether everything below the entity goes too. */
  recursive: boolean;
}

/**
 * Takes everything away that was logged to an entity so far: from this time on it is empty, until something new is
 * logged. What was logged at earlier times stays visible there.
 *
 * @example
 * rec.log("robot", new rr.Clear({ recursive: true }));
 */
export class Clear extends Archetype {
  /** The archetype's full name. */
  static readonly archetype: string = CLEAR.archetype;

  constructor(options: ClearOptions) {
    super(CLEAR, undefined, options);
  }

  /** Clears the entity alone. */
  static flat(): Clear {
    return new Clear({ recursive: false });
  }

  /** Clears the entity and everything below it. */
  static recursive(): Clear {
    return new Clear({ recursive: true });
  }

  /** Writes only the fields that are given. */
  static fromFields(fields: ClearFields, options?: FromFieldsOptions): AsComponents {
    return updateOf(CLEAR, fields, options);
  }

  /** Clears all fields of this archetype, among them an earlier `Clear`. */
  static cleared(): AsComponents {
    return updateOf(CLEAR, {}, { clearUnset: true });
  }

  /** Columns for `sendColumns`: one instance per row. */
  static columns(fields: ClearFields): ComponentColumnList {
    return columnsOf(CLEAR, fields);
  }

  protected override expand({ recursive, ...fields }: FieldValues): FieldValues {
    return { isRecursive: recursive, ...fields };
  }
}
