import type * as rr from "@rerun-ts/node";
import type { Call } from "./calls.ts";
import { findField, type ArchetypeClass } from "./components.ts";
import { dynamicCell, dynamicColumn, type DynamicTypes } from "./dynamic.ts";
import { toFieldValues } from "./values.ts";

type ArrowTypes = DynamicTypes["arrow"];

/** The components of a row, the components of each archetype together. */
export function rowOf({ cells, chunk }: Call, arrowTypes: ArrowTypes): rr.types.AsComponents[] {
  const types = { arrow: arrowTypes, component: chunk.component_types ?? {} };
  const archetypes = new Map<ArchetypeClass, Record<string, unknown>>();
  const others: rr.types.AsComponents[] = [];
  for (const [component, [cell]] of cells) {
    if (cell === null || cell === undefined) continue;
    const field = findField(component);
    if (field === undefined) {
      others.push(dynamicCell(component, cell, types));
      continue;
    }
    const fields = archetypes.get(field.Class) ?? {};
    archetypes.set(field.Class, fields);
    fields[field.name] = toFieldValues(field, cell);
  }
  return [...Array.from(archetypes, ([Class, fields]) => Class.fromFields(fields)), ...others];
}

/** The components of columns. */
export function columnsOf({ cells, chunk }: Call, arrowTypes: ArrowTypes): Iterable<rr.ComponentColumn>[] {
  const types = { arrow: arrowTypes, component: chunk.component_types ?? {} };
  return Array.from(cells, ([component, column]) => {
    const field = findField(component);
    if (field === undefined) return dynamicColumn(component, column, types);
    const instances = column.flatMap((cell) => cell ?? []);
    const columns = field.Class.columns({ [field.name]: toFieldValues(field, instances) });
    return columns.partition(column.map((cell) => cell?.length ?? null));
  });
}
