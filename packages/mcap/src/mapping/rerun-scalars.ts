import { RerunError } from "@rerun-ts/core";
import { NumberColumn } from "../columns/number-column.ts";
import { component, instanceLists, numberData } from "./component-data.ts";
import { listsAt } from "./message-fields.ts";
import type { Mapping } from "./mapping.ts";

/** The name of the schema of exported scalars. */
export const RERUN_SCALARS = "rerun.Scalars";

/** The scalars that `exportMcap` writes. Null stands for numbers that JSON cannot represent. */
export const mapRerunScalars: Mapping = (messages) => {
  const { offsets, items } = listsAt(messages, "scalars");
  if (!(items instanceof NumberColumn)) throw new RerunError("UNSUPPORTED", "scalars must be numbers");
  const values = Array.from(items.values as Float64Array, (value, index) => (items.isNull(index) ? Number.NaN : value));
  return [
    { components: [component("Scalars:scalars", "Scalar", instanceLists(offsets, numberData("float64", values)))] },
  ];
};
