import * as rr from "@rerun-ts/node";
import { parseArrowType } from "./arrow-text.ts";
import { findComponent } from "./components.ts";
import { dictionaryBatch } from "./dictionaries.ts";
import { fromJson } from "./values.ts";

/** The facts of the index about components that are not built in, by component. */
export interface DynamicTypes {
  /** As pyarrow writes them. */
  readonly arrow: Readonly<Record<string, string>>;
  readonly component: Readonly<Record<string, string>>;
}

/** A component that is not built in, and its instances. */
interface DynamicValue {
  readonly component: string;
  readonly archetype: string | undefined;
  /** Its name within the archetype, if the component is named after that. */
  readonly field: string | undefined;
  /** The instances, if they imply their type. */
  readonly implying: rr.types.AnyValue;
  /** The instances with their type. */
  readonly batch: rr.types.ComponentBatch;
}

/** Lists of instances that imply their type; for other types, and for empty lists, the caller states the type. */
const IMPLYING: Readonly<Record<string, (instances: readonly never[]) => rr.types.AnyValue>> = {
  double: (numbers) => numbers,
  int64: (bigints) => bigints,
  bool: (booleans) => booleans,
  string: (texts) => texts,
  uint8: (numbers) => Uint8Array.from(numbers),
  uint16: (numbers) => Uint16Array.from(numbers),
  uint32: (numbers) => Uint32Array.from(numbers),
  uint64: (bigints) => BigUint64Array.from(bigints),
  int8: (numbers) => Int8Array.from(numbers),
  int16: (numbers) => Int16Array.from(numbers),
  int32: (numbers) => Int32Array.from(numbers),
  float: (numbers) => Float32Array.from(numbers),
  "timestamp[ns]": (instants) => instants.map((epochNanoseconds) => ({ epochNanoseconds })),
};

/** Returns one cell of a component that is not built in, as data of its own. */
export function dynamicCell(key: string, cell: readonly unknown[], types: DynamicTypes): rr.types.AsComponents {
  const { component, archetype, field, implying, batch } = toDynamic(key, cell, types);
  if (archetype === undefined) return new rr.AnyValues({ [component]: implying ?? batch });
  if (field === undefined) return new rr.AnyBatchValue({ component, archetype }, implying ?? batch);
  if (implying === undefined) return rr.componentBatches(archetype, { [field]: batch });
  return new rr.DynamicArchetype(archetype, { [field]: implying });
}

/** A column of such a component. */
export function dynamicColumn(
  key: string,
  cells: readonly (readonly unknown[] | null)[],
  types: DynamicTypes,
): Iterable<rr.ComponentColumn> {
  const lengths = cells.map((cell) => cell?.length ?? null);
  const instances = cells.flatMap((cell) => cell ?? []);
  const { component, archetype, field, implying, batch } = toDynamic(key, instances, types);
  const values = implying ?? batch;
  if (archetype === undefined) return rr.AnyValues.columns({ [component]: values }).partition(lengths);
  if (field === undefined) return [rr.AnyBatchValue.column({ component, archetype }, values).partition(lengths)];
  return rr.DynamicArchetype.columns(archetype, { [field]: values }).partition(lengths);
}

function toDynamic(key: string, instances: readonly unknown[], types: DynamicTypes): DynamicValue {
  const [, component, owner] = /^(.*) \(archetype=(.*)\)$/s.exec(key) ?? [];
  if (component === undefined) throw new Error(`not to be understood: ${key}`);
  const [, text] = /^list<item: (.*)>$/.exec(types.arrow[component] ?? "") ?? [];
  if (text === undefined) throw new Error(`the index does not tell the type of ${component}`);
  const dictionary = dictionaryBatch(text, instances);
  if (dictionary !== undefined)
    return { component, archetype: undefined, field: undefined, implying: undefined, batch: dictionary };
  const type = parseArrowType(text);
  const values = instances.map((instance) => fromJson(instance, type, (name) => name));
  const componentType = types.component[component];
  const archetype = owner === "None" ? undefined : owner;
  return {
    component,
    archetype,
    field: component.startsWith(`${archetype}:`) ? component.slice(`${archetype}:`.length) : undefined,
    implying: componentType === undefined && values.length > 0 ? IMPLYING[text]?.(values as never[]) : undefined,
    batch: findComponent(componentType ?? "")?.batch(values as never) ?? rr.arrowBatch(type, values, { componentType }),
  };
}
