import type { CatalogCallOptions } from "./catalog-calls.ts";

/** A layer of a dataset: parts of its segments that were registered under one name. */
export interface Layer {
  /** The name, unique in the dataset. */
  readonly name: string;
  /**
   * The ids of the segments that have the layer, none if the layer does not exist.
   *
   * @throws {RerunError} `NOT_FOUND` if the dataset is not there any more, or the error of the connection
   */
  segmentIds(options?: CatalogCallOptions): Promise<readonly string[]>;
}
