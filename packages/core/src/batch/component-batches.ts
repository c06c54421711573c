import type { AsComponents, ComponentBatch, ComponentDescriptor, RowWriter } from "./component.ts";

const BUILT_IN = /^rerun\.(?:blueprint\.)?archetypes\./;

/**
 * An archetype of your own: components by field name. The component's identifier is `<archetype>:<field>`;
 * `undefined` is not written, `null` clears what was written before.
 *
 * @example
 * rec.log("car", rr.componentBatches("my.Detection", { score: rr.components.Scalar.batch(0.93) }));
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

/** The descriptor of an archetype's field; of archetypes that are built in, the identifier has the last part alone. */
export function describeField(archetype: string, field: string, componentType?: string): ComponentDescriptor {
  return { archetype, component: `${archetype.replace(BUILT_IN, "")}:${field}`, componentType };
}
