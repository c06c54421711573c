import type { FieldValues } from "../define/archetype.ts";
import { requireOne } from "../ext/require-one.ts";
import { Clear as Generated } from "../gen/archetypes/clear.ts";

/** Options of {@link Clear}. */
export interface ClearOptions {
  /** Whether the entity's children are cleared, too. */
  recursive: boolean;
}

/**
 * Clears everything that was logged to an entity: from this time on it is empty, until something new is logged. Data at
 * earlier times stays visible there.
 *
 * @example
 * rec.log("robot", new rr.Clear({ recursive: true }));
 */
export class Clear extends Generated<ClearOptions> {
  /** Clears the entity alone. */
  static flat(): Clear {
    return new Clear({ recursive: false });
  }

  /** Clears the entity and everything below it. */
  static recursive(): Clear {
    return new Clear({ recursive: true });
  }

  protected override expand(options: FieldValues): FieldValues {
    requireOne(options, "Clear", ["recursive", "isRecursive"]);
    const { recursive, ...fields } = options;
    return { isRecursive: recursive, ...fields };
  }
}
