import { invalidArgument } from "@rerun-ts/core/checks";

/** Checks the name of a dataset. @throws {TypeError} */
export function checkDataset(dataset: string): string {
  if (typeof dataset === "string" && dataset !== "") return dataset;
  throw invalidArgument("dataset", "the name of a dataset", dataset);
}
