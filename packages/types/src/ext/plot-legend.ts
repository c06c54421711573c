import { propertyFields } from "../define/property-fields.ts";

/** The fields of a `PlotLegend`, from a corner, a visibility, or an object with both. */
export function plotLegendFields(value: unknown, options: object | undefined): object | undefined {
  return propertyFields(typeof value === "boolean" ? "visible" : "corner", value, options);
}
