import type { ComponentDescriptor, RowWriter } from "@rerun-ts/core";
import { hasLoneSurrogate, wrongType } from "@rerun-ts/core/checks";
import { fieldWriterOf } from "@rerun-ts/core/encode";
import { checkAnyValuesOptions, type AnyValuesOptions } from "./any-value.ts";
import { DynamicComponent } from "./dynamic-component.ts";
import { checkValues, describeMember, type DynamicGroup } from "./dynamic-group.ts";

type Components = Map<string, DynamicComponent>;

/** The components of each recording, by archetype. A recording has one row writer. */
const RECORDINGS = /* @__PURE__ */ new WeakMap<RowWriter, Map<string, Components>>();
/** The key for components that have their own descriptors instead of an archetype. */
const OWN_DESCRIPTORS = "\0";

/** Writes values by name. Throws `InvalidValueError`. */
export function writeValues(
  row: RowWriter,
  group: DynamicGroup,
  values: unknown,
  options: AnyValuesOptions | undefined,
): void {
  const checked = checkValues(group, values);
  checkAnyValuesOptions(group.label, options);
  const dropsUntyped = options?.dropUntypedNulls !== false;
  const components = componentsOf(row, group.archetype ?? "");
  for (const name of Object.keys(checked)) {
    let component = components.get(name);
    if (component === undefined) {
      checkName(name);
      component = new DynamicComponent(describeMember(group, name), `${group.label}.${name}`);
      components.set(name, component);
    }
    component.write(fieldWriterOf(row), checked[name], dropsUntyped);
  }
}

/** Writes one value. Throws `InvalidValueError`. */
export function writeDynamicValue(
  row: RowWriter,
  descriptor: ComponentDescriptor,
  value: unknown,
  options: AnyValuesOptions | undefined,
): void {
  checkAnyValuesOptions("AnyBatchValue", options);
  const { component: name, archetype = "", componentType = "" } = descriptor;
  const components = componentsOf(row, OWN_DESCRIPTORS);
  const key = `${name}\0${archetype}\0${componentType}`;
  let component = components.get(key);
  if (component === undefined) {
    checkName(name);
    components.set(key, (component = new DynamicComponent(descriptor, name)));
  }
  component.write(fieldWriterOf(row), value, options?.dropUntypedNulls !== false);
}

function checkName(name: string): void {
  if (hasLoneSurrogate(name)) throw wrongType("values whose names are well-formed Unicode", name);
}

function componentsOf(row: RowWriter, group: string): Components {
  let groups = RECORDINGS.get(row);
  if (groups === undefined) RECORDINGS.set(row, (groups = new Map()));
  let components = groups.get(group);
  if (components === undefined) groups.set(group, (components = new Map()));
  return components;
}
