import * as rr from "@rerun-ts/node";
import {
  ARCHETYPES,
  COMPONENTS,
  ENCODINGS,
  archetypeClass,
  camelCase,
  fieldsOf,
  typeDefinition,
} from "@rerun-ts/test-support/node/definitions";
import { twoInstances } from "../harness/samples.ts";

const FRAMES = rr.TimeColumn.sequence("frame", [1, 2]);

export function cleared(rec: rr.RecordingStream): void {
  for (const definition of ARCHETYPES) rec.log(definition.name, archetypeClass(definition).cleared());
}

export function nullAndEmptyLists(rec: rr.RecordingStream): void {
  for (const definition of ARCHETYPES) {
    const archetype = archetypeClass(definition);
    for (const nothing of [null, []]) {
      rec.log(definition.name, archetype.fromFields(fieldsOf(definition, () => nothing)));
    }
  }
}

export function eachFieldAlone(rec: rr.RecordingStream): void {
  for (const definition of ARCHETYPES) {
    const archetype = archetypeClass(definition);
    for (const { name, component } of definition.fields) {
      rec.log(definition.name, archetype.fromFields({ [camelCase(name)]: twoInstances(component) }));
    }
  }
}

export function clearUnset(rec: rr.RecordingStream): void {
  for (const definition of ARCHETYPES) {
    const archetype = archetypeClass(definition);
    for (const { name, component } of definition.fields.slice(0, 1)) {
      rec.log(
        definition.name,
        archetype.fromFields({ [camelCase(name)]: twoInstances(component) }, { clearUnset: true }),
      );
    }
  }
}

export function columns(rec: rr.RecordingStream): void {
  for (const [name, all] of everyColumns()) rec.sendColumns(name, FRAMES, all);
}

export function partitionedColumns(rec: rr.RecordingStream): void {
  for (const [name, all] of everyColumns()) rec.sendColumns(name, FRAMES, all.partition([0, 2]));
}

/** By name in any case, and by number. */
export function enumsOfFields(rec: rr.RecordingStream): void {
  for (const definition of ARCHETYPES) {
    for (const { name, component } of definition.fields) {
      const values = enumValues(component);
      if (values.length > 0) {
        const archetype = archetypeClass(definition);
        rec.log(definition.name, archetype.fromFields({ [camelCase(name)]: values }));
      }
    }
  }
}

export function enumsByThemselves(rec: rr.RecordingStream): void {
  for (const { name, component = "" } of COMPONENTS) {
    const values = enumValues(component);
    if (values.length > 0) for (const value of [values, ...values]) logAlone(rec, name, rr.components, value);
  }
}

export function componentsByThemselves(rec: rr.RecordingStream): void {
  for (const { name, component = "" } of COMPONENTS) logAlone(rec, name, rr.components, twoInstances(component));
}

export function encodingsByThemselves(rec: rr.RecordingStream): void {
  for (const { name, encoding = "" } of ENCODINGS) logAlone(rec, name, rr.encodings, twoInstances(encoding));
}

export function colors(rec: rr.RecordingStream): void {
  const forms: readonly rr.types.ColorsLike[] = [
    "#ff880080",
    0xff880080,
    [255, 136, 0, 128],
    [[255, 136, 0, 128]],
    { r: 1, g: 136 / 255, b: 0, a: 128 / 255 },
    new Uint8Array([255, 136, 0, 128]),
    new Uint32Array([0xff880080]),
    new Float32Array([1, 136 / 255, 0, 128 / 255]),
    { rgba: new Uint8ClampedArray([255, 136, 0, 128]) },
    ["#ff880080"],
  ];
  for (const definition of ARCHETYPES) {
    for (const { name, component } of definition.fields) {
      if (!/\.(?:Color|AlbedoFactor)$/.test(component)) continue;
      const archetype = archetypeClass(definition);
      for (const color of forms) rec.log(definition.name, archetype.fromFields({ [camelCase(name)]: color }));
    }
  }
}

/** The formats of images are stored in structs. */
export function formatsOfImages(rec: rr.RecordingStream): void {
  const { PixelFormat, ColorModel, ChannelDatatype } = rr.encodings;
  const kinds = { pixelFormat: PixelFormat, colorModel: ColorModel, channelDatatype: ChannelDatatype };
  for (const [key, { values }] of Object.entries(kinds)) {
    const format = spellings(values).map((value) => ({ width: 4, height: 2, [key]: value }));
    rec.log(key, rr.Image.fromFields({ format }));
  }
}

/** Without view coordinates, which have only one instance. */
function everyColumns(): [name: string, rr.ComponentColumnList][] {
  return ARCHETYPES.filter(({ name }) => name !== "ViewCoordinates").map((definition) => {
    const fields = fieldsOf(definition, ({ component }) =>
      component === "rerun.components.ViewCoordinates" ? undefined : twoInstances(component),
    );
    return [definition.name, archetypeClass(definition).columns(fields)];
  });
}

function logAlone(rec: rr.RecordingStream, name: string, types: object, values: unknown): void {
  const type = types[name as keyof typeof types] as rr.types.Component<unknown>;
  rec.log(name, rr.componentBatches("own.Archetype", { [name]: type.batch(values) }));
}

function enumValues(component: string): (string | number)[] {
  return spellings(typeDefinition(component).enum ?? {});
}

function spellings(values: Readonly<Record<string, number>>): (string | number)[] {
  return Object.entries(values).flatMap(([name, number]) => [name, name.toLowerCase(), name.toUpperCase(), number]);
}
