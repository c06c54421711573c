import { readFileSync } from "node:fs";
import { RERUN_VERSION } from "@rerun-ts/core";
import { components, encodings } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

interface Arrow {
  readonly type: string;
  readonly nullable?: boolean;
  readonly name?: string;
  readonly item?: Arrow;
  readonly fields?: readonly Arrow[];
  readonly size?: number;
}

interface Definition {
  readonly name: string;
  readonly component?: string;
  readonly encoding?: string;
  readonly arrow: Arrow;
  readonly enum?: Record<string, number>;
}

const read = (name: string): Definition[] =>
  JSON.parse(readFileSync(new URL(`../../../../definitions/${name}.json`, import.meta.url), "utf8"));

/** A type as the definitions tell it: fields and their types in one object. */
function flatten(type: unknown): unknown {
  const { item, fields, ...rest } = type as { item?: unknown; fields?: readonly unknown[] };
  const field = (value: unknown): unknown => {
    const { type: inner, ...named } = value as { type: object };
    return { ...named, ...(flatten(inner) as object) };
  };
  return {
    ...rest,
    ...(item === undefined ? {} : { item: field(item) }),
    ...(fields === undefined ? {} : { fields: fields.map(field) }),
  };
}

/** The definitions name encodings too; the bytes do not tell them. */
function withoutEncodings(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    key === "encoding" || key === "mode" ? undefined : inner,
  );
}

describe(`the types of Rerun ${RERUN_VERSION}`, () => {
  for (const [kind, types] of Object.entries({ components, encodings })) {
    const definitions = read(kind);
    it(`all exist as ${kind}`, () => {
      expect(Object.keys(types).sort()).toEqual(definitions.map(({ name }) => name).sort());
    });
    it.each(Object.entries(types))(`${kind}.%s has the defined Arrow type`, (name, component) => {
      const definition = definitions.find((candidate) => candidate.name === name);
      expect(flatten(component.arrow)).toEqual(withoutEncodings(definition?.arrow));
      expect(component.name).toBe(definition?.component ?? definition?.encoding);
      if ("values" in component) expect(component.values).toEqual(definition?.enum);
      else expect(definition?.enum).toBeUndefined();
    });
  }
});
