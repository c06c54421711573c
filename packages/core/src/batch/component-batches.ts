import type { AsComponents, ComponentBatch, ComponentDescriptor, RowWriter } from "./component.ts";

const BUILT_IN = /^rerun\.(?:blueprint\.)?archetypes\./;

/**
 * Creates a custom archetype from components by field name, without a class. The identifier of each component is
 * `<archetype>:<field>`. The value `undefined` leaves a field unchanged, `null` clears it.
 *
 * @param archetype the full name of the archetype, e.g. `my.Detection`
 * @example
 * rec.log(
 *   "car",
 *   rr.componentBatches("my.Detection", {
 *     score: rr.components.Scalar.batch(0.93),
 *     box: rr.components.HalfSize2D.batch([[40, 25]]),
 *   }),
 * );
 */
export function componentBatches(
  archetype: string,
  fields: Readonly<Record<string, ComponentBatch | null | undefined>>,
): AsComponents {
  return {
    asComponents(row: RowWriter): void {
      for (const [field, batch] of Object.entries(fields)) {
        if (batch !== undefined) row.write(describeField(archetype, field, batch?.type.name), batch);
      }
    },
  };
}

/** The descriptor of a field of an archetype. Identifiers of built-in archetypes have the short name only. */
export function describeField(archetype: string, field: string, componentType?: string): ComponentDescriptor {
  return { archetype, component: `${archetype.replace(BUILT_IN, "")}:${field}`, componentType };
}
