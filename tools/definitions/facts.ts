import type { Crates } from "./crates.ts";
import type { ComponentEntry, Facts } from "./model.ts";
import type { PythonPackage } from "./python-package.ts";
import { readReflection, type ReflectedComponent, type ReflectedView } from "./reflection.ts";
import { RustTypes } from "./rust-types.ts";

/** Combines the facts from the crates and from the Python package of one release. */
export function collectFacts(crates: Crates, { views: pythonViews }: PythonPackage): Facts {
  const types = new RustTypes(crates);
  const { archetypes, components, views } = readReflection(crates);
  const encodings = types.encodings();
  const arrowOf = ({ name, encoding }: ReflectedComponent): ComponentEntry["arrow"] => {
    const shared = encodings.find((candidate) => candidate.encoding === encoding);
    return shared?.arrow ?? types.componentArrow(name);
  };
  return sortedFacts({
    archetypes,
    components: components.map((component) =>
      componentEntry(component, types.componentName(component.name), arrowOf(component)),
    ),
    encodings,
    views: views.map((view) => ({ ...pythonView(view, pythonViews), ...view })),
  });
}

/** Facts in the order of `definitions/*.json`: types of data come before those of blueprints. */
export function sortedFacts({ archetypes, components, encodings, views }: Facts): Facts {
  return {
    archetypes: archetypes.toSorted(byScopeAndName(({ archetype }) => archetype)),
    components: components.toSorted(byScopeAndName(({ component }) => component)),
    encodings: encodings.toSorted(byScopeAndName(({ encoding }) => encoding)),
    views,
  };
}

function componentEntry(
  { name, encoding, enum: values, isUnstable, isDeprecated, hasOwnChunk }: ReflectedComponent,
  component: string,
  arrow: ComponentEntry["arrow"],
): ComponentEntry {
  return {
    name,
    component,
    arrow,
    ...(encoding === undefined ? {} : { encoding }),
    ...(isUnstable ? { unstable: true } : {}),
    ...(isDeprecated ? { deprecated: true } : {}),
    ...(values === undefined ? {} : { enum: values }),
    ...(hasOwnChunk ? { ownChunk: true } : {}),
  };
}

function pythonView({ classIdentifier }: ReflectedView, views: PythonPackage["views"]): PythonPackage["views"][number] {
  const found = views.find((view) => view.classIdentifier === classIdentifier);
  if (found === undefined) throw new Error(`the Python package has no view ${classIdentifier}`);
  return found;
}

function byScopeAndName<Entry>(nameOf: (entry: Entry) => string): (a: Entry, b: Entry) => number {
  const keyOf = (entry: Entry): string => {
    const name = nameOf(entry);
    return `${name.startsWith("rerun.blueprint.") ? "b" : "a"} ${name}`;
  };
  return (a, b) => (keyOf(a) < keyOf(b) ? -1 : 1);
}
