import { button, checkbox, color, folder, number, select, slider, text, vector3 } from "@rerun-ts/controls";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { ControlValues } from "@rerun-ts/controls";

describe("declarations", () => {
  it("have the value at the start, or the nearest to 0 that is allowed", () => {
    expect(slider({ min: 1, max: 2 }).value).toBe(1);
    expect(slider({ min: -3, max: 2 }).value).toBe(0);
    expect(slider({ min: -3, max: -1 }).value).toBe(-1);
    expect(number({ min: -1, step: 0.3 }).value).toBeCloseTo(-0.1);
    expect(vector3().value).toEqual([0, 0, 0]);
    expect(select(["auto", "manual"]).value).toBe("auto");
    expect(checkbox().value).toBe(false);
    expect(text().value).toBe("");
    expect(color({ value: "#FF8800" }).value).toBe("#ff8800");
  });

  it("name the option that is wrong", () => {
    expect(() => slider({ min: 0 } as never)).toThrow(/`max` must be a finite number, got undefined/);
    expect(() => slider({ min: 2, max: 1 })).toThrow(/`min` must be at most `max`, got 2 and 1/);
    expect(() => slider({ min: 0, max: 1, value: 2 })).toThrow(/`value` must be a number from 0 to 1, got 2/);
    expect(() => number({ step: 0 })).toThrow(/`step` must be a positive number, got 0/);
    expect(() => select([])).toThrow(/`options` must be an array of 1 to 500 strings/);
    expect(() => select(["a", "a"])).toThrow(/`options` must be different/);
    expect(() => text({ secret: true, value: "x" })).toThrow(/a secret text has no `value`/);
    expect(() => color({ value: "red" })).toThrow(/`value` must be a colour such as #ff8800, got "red"/);
    expect(() => button({ key: " " })).toThrow(/`key` must be the `code` of a key/);
    expect(() => button({ hold: true, confirm: true })).toThrow(/cannot have `confirm`/);
    expect(() => slider({ min: 0, max: 1, stepp: 1 } as never)).toThrow(/did you mean `step`/);
  });

  it("give the type of each value by its path", () => {
    const declared = {
      gain: slider({ min: 0, max: 1 }),
      stop: button(),
      log: folder("Logging", { level: select(["info", "debug"]) }),
    };
    type Values = ControlValues<typeof declared>;
    expectTypeOf<Values>().toEqualTypeOf<{ readonly gain: number; readonly "log/level": "info" | "debug" }>();
  });
});
