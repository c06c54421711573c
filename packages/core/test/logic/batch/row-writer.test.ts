import type { AsComponents, ComponentType, RowWriter } from "@rerun-ts/core";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import { TestNumber, numbers } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it } from "vitest";
import { ChunkBuilder } from "../../../dist/batch/chunk-builder.js";
import type { ComponentField, FieldWriter } from "../../../dist/batch/component.js";
import { componentBatches } from "../../../dist/batch/component-batches.js";
import { ChunkRowWriter } from "../../../dist/batch/row-writer.js";
import { TimePoint } from "../../../dist/time/time-point.js";
import { TimelineRegistry } from "../../../dist/time/timeline.js";

/** Notes how many instances the required field of the row had. */
const seen: number[] = [];
const Noting: ComponentType<readonly number[]> = {
  ...TestNumber,
  append(values, target, instances) {
    seen.push(instances);
    TestNumber.append(values, target, instances);
  },
};
const Small: ComponentType = {
  name: TestNumber.name,
  arrow: { type: "Float32" },
  createBuilder: () => new PrimitiveBuilder({ type: "Float64" }),
  append: (values: readonly number[], target) => TestNumber.append(values, target, -1),
};

function start() {
  const point = new TimePoint(new TimelineRegistry(), {});
  const chunk = new ChunkBuilder("/x", point.set);
  const writer = new ChunkRowWriter();
  let next = 0;
  /** Writes a row as the batcher does. Returns the message of an error. */
  const log = (data: AsComponents | readonly AsComponents[]): string | undefined => {
    chunk.beginRow(point);
    try {
      writer.writeRow(chunk, data);
      chunk.endRow({ timeHi: 0, timeLo: 0, incHi: 0, incLo: next++ });
      return undefined;
    } catch (error) {
      chunk.rollback();
      return (error as Error).message;
    }
  };
  const components = (): string[] =>
    chunk
      .finish({ timeHi: 0, timeLo: 0, incHi: 0, incLo: 0 })
      .components.map(
        ({ field, cells }) => `${field.descriptor.component} ${cells.length - cells.nullCount} ${cells.item.length}`,
      );
  return { writer, chunk, log, components };
}

const row = (write: (row: FieldWriter) => void): AsComponents => ({
  asComponents: (writer: RowWriter) => write(writer as FieldWriter),
});
const batch = (values: readonly number[], type: ComponentType = TestNumber as ComponentType) => ({ type, values });

describe("a row", () => {
  it("has the components of all objects in it", () => {
    const { log, components, chunk, writer } = start();
    expect(log([numbers([1, 2]), row((next) => next.write({ component: "b" }, batch([3])))])).toBeUndefined();
    expect(log(row((next) => next.add(numbers(4))))).toBeUndefined();
    expect([components(), chunk.rows, writer.isBusy]).toEqual([["b 1 1", "test.Numbers:values 2 3"], 2, false]);
  });

  it("must be made of what can be logged", () => {
    const { log, writer } = start();
    for (const wrong of [5, undefined, null, {}, [numbers(1), "text"]])
      expect(log(wrong as never)).toMatch(/must be an archetype or an array of archetypes/);
    expect([writer.label, writer.isBusy]).toEqual(["data", false]);
  });

  it("has each component once", () => {
    const { log, components, writer } = start();
    expect(log([numbers(1), numbers(2)])).toBe("is in the row twice");
    expect(writer.label).toBe("test.Numbers:values");
    const twice = (second: ComponentType) =>
      row((next) => {
        next.write({ component: "b" }, batch([1]));
        next.write({ component: "b" }, batch([1], second));
      });
    expect(log(twice(TestNumber as ComponentType))).toBe("is in the row twice");
    expect(log(twice(Small))).toBe("is in the row twice, with different types");
    expect(log(numbers(3))).toBeUndefined();
    expect(components()).toEqual(["test.Numbers:values 1 1"]);
  });

  it("is written only while `asComponents` runs", () => {
    const { log, writer } = start();
    let kept: RowWriter | undefined;
    log({
      asComponents: (next) => {
        kept = next;
        expect(writer.isBusy).toBe(true);
        next.add(numbers(1));
      },
    });
    expect(() => kept?.add(numbers(1))).toThrow("must be used only while `asComponents` runs, got a later call");
  });
});

describe("a component", () => {
  it("that is null is an empty list, once its type is known", () => {
    const { log, components } = start();
    const clear = (archetype?: string) => row((next) => next.write({ component: "b", archetype }, null));
    expect(log(clear())).toContain("logged before it is cleared with null");
    expect(log(row((next) => next.write({ component: "b" }, batch([1, 2]))))).toBeUndefined();
    expect(log(clear("other"))).toContain("logged before it is cleared with null");
    expect(log(clear())).toBeUndefined();
    expect(components()).toEqual(["b 2 2"]);
  });

  it("must have a name", () => {
    const { log } = start();
    for (const component of ["", undefined, 5])
      expect(log(row((next) => next.write({ component } as never, batch([1]))))).toMatch(
        /must be a descriptor whose `component` is a non-empty string/,
      );
  });

  it("receives the number of instances of the required field before it, of its own object", () => {
    const { log } = start();
    const field = (component: string, isRequired: boolean): ComponentField => ({
      descriptor: { component },
      type: Noting as ComponentType,
      label: component,
      isRequired,
    });
    seen.length = 0;
    const object = (name: string) =>
      row((next) => {
        next.field(field(`${name}1`, false), [1]);
        next.field(field(`${name}2`, true), [1, 2, 3]);
        next.field(field(`${name}3`, false), [1]);
      });
    expect(log([object("a"), object("b")])).toBeUndefined();
    expect(seen).toEqual([-1, -1, 3, -1, -1, 3]);
  });

  it("that changes its type closes the rows before, with a warning", () => {
    const { log, chunk, writer } = start();
    const of = (type: ComponentType, archetype?: string) =>
      row((next) => next.write({ component: "b", archetype }, batch([1], type)));
    log(of(TestNumber as ComponentType));
    expect([writer.notice, chunk.takeClosed()]).toEqual(["", undefined]);
    log(of(Small));
    expect(writer.notice).toBe("`b` changed its type from Float64 to Float32: a component should keep its type");
    expect([chunk.takeClosed()?.rows, chunk.rows]).toEqual([1, 1]);
    log(of(Small));
    expect([writer.notice, chunk.takeClosed(), chunk.rows]).toEqual(["", undefined, 2]);
    // Another archetype is another column, but nothing to warn about.
    log(of(Small, "other"));
    expect([writer.notice, chunk.takeClosed()?.rows, chunk.rows]).toEqual(["", 2, 1]);
  });

  it("is the same field for equal descriptors and types, the newest of which stands for its name", () => {
    const writer = new ChunkRowWriter();
    const first = writer.intern({ component: "a", archetype: "A" }, TestNumber as ComponentType, "label");
    expect([first.label, first.type, first.descriptor.component]).toEqual(["label", TestNumber, "a"]);
    expect(writer.intern({ component: "a", archetype: "A" }, TestNumber as ComponentType, "other")).toBe(first);
    const others = [
      writer.intern({ component: "a", archetype: "B" }, TestNumber as ComponentType, ""),
      writer.intern({ component: "a", archetype: "A", componentType: "T" }, TestNumber as ComponentType, ""),
      writer.intern({ component: "a", archetype: "A" }, Small, ""),
    ];
    expect(new Set([first, ...others]).size).toBe(4);
    expect(writer.newest({ component: "a", archetype: "A" })).toBe(others[2]);
    expect(writer.newest({ component: "a", archetype: "B" })).toBe(others[0]);
    expect(writer.newest({ component: "a" })).toBeUndefined();
  });

  it("of fields with equal types and names shares a column, although the fields are other objects", () => {
    const { log, chunk, components } = start();
    const of = (componentType?: string) =>
      row((next) =>
        next.field(
          { descriptor: { component: "b", componentType }, type: TestNumber as ComponentType, label: "b" },
          [1],
        ),
      );
    for (const data of [of(), of()]) log(data);
    expect([components(), chunk.takeClosed()]).toEqual([["b 2 2"], undefined]);
    log(of("T"));
    expect(chunk.takeClosed()?.rows).toBe(2);
  });
});

it("custom archetypes name their components after their fields, built-in ones briefly", () => {
  const { log, components } = start();
  const values = { type: TestNumber as ComponentType, values: [1] };
  log(componentBatches("my.Detection", { score: values, none: undefined }));
  log(componentBatches("rerun.archetypes.Points3D", { radii: values }));
  log(componentBatches("rerun.blueprint.archetypes.Panel", { state: values }));
  expect(components()).toEqual(["my.Detection:score 1 1", "Points3D:radii 1 1", "Panel:state 1 1"]);
});
