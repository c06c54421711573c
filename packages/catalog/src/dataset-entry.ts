import { RerunError } from "@rerun-ts/core";
import { checkOptions, invalidArgument, withRerunErrors } from "@rerun-ts/core/checks";
import { cloudService, type DatasetEntryMessage } from "./catalog-service.ts";
import type { RecordBatch } from "apache-arrow";
import { changedCoverage, coverageBatch, coverageOf, type AssetMode } from "./asset-coverage.ts";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { entryDetails, type EntryDetails } from "./catalog-entry.ts";
import { checkNonEmptyText, checkTexts } from "./check-texts.ts";
import { DatasetRegistrations } from "./dataset-registrations.ts";
import { entryIdMessage, entryIdText } from "./entry-id.ts";
import { layoutName, registerHidden, withSegments, type HiddenDataset } from "./hidden-datasets.ts";
import { readProperties, writeProperties, type StoredProperties } from "./segment-properties.ts";

/** Options of {@link DatasetEntry.registerAsset}. */
export interface RegisterAssetOptions extends CatalogCallOptions {
  /** Whether the asset applies to all segments but `segments`, or to these alone. Default `"opt_out"`. */
  mode?: AssetMode | undefined;
  /** The ids of the segments. Default: none. */
  segments?: readonly string[] | undefined;
}

/** Options of {@link DatasetEntry.registerBlueprint}. */
export interface RegisterBlueprintOptions extends CatalogCallOptions {
  /** Whether the layout becomes the default. Default `true`. */
  setDefault?: boolean | undefined;
  /** Whether the layout is for the table of segments, rather than for a recording. Default `false`. */
  segmentTable?: boolean | undefined;
}

/** The number of attempts to change a coverage while other clients change it too. */
const ATTEMPTS = 5;

/** A dataset of a catalog: recordings, which are its segments, each in one or several layers. */
export class DatasetEntry extends DatasetRegistrations {
  #message: DatasetEntryMessage;

  /** @internal Datasets come from a `CatalogClient`. */
  constructor(calls: CatalogCalls, details: EntryDetails, message: DatasetEntryMessage) {
    super(calls, details);
    this.#message = message;
  }

  /** The storage of the dataset on the server, if the server reports it. */
  get manifestUrl(): string | undefined {
    return this.#message.datasetHandle?.datasetUrl;
  }

  /** The hidden dataset whose segments are the layouts of this one, or `undefined` if there is none. */
  async blueprintDataset(options: CatalogCallOptions = {}): Promise<DatasetEntry | undefined> {
    const id = this.#message.datasetDetails?.blueprintDataset;
    if (id === undefined) return undefined;
    return openDatasetEntry(this.calls, entryIdText(id), `open the blueprints of ${this.title}`, options);
  }

  /** The names of the layouts. */
  async blueprints(options: CatalogCallOptions = {}): Promise<readonly string[]> {
    return (await (await this.blueprintDataset(options))?.segmentIds(options)) ?? [];
  }

  /** The name of the default layout of a recording, or `undefined` if there is none. */
  defaultBlueprint(): string | undefined {
    return this.#message.datasetDetails?.defaultBlueprintSegment?.id;
  }

  /** The name of the default layout of the table of segments, or `undefined` if there is none. */
  defaultSegmentTableBlueprint(): string | undefined {
    return this.#message.datasetDetails?.defaultSegmentTableBlueprintSegment?.id;
  }

  /**
   * Registers a layout from a `.rbl` file. A layout with the same name is replaced.
   *
   * @param url the URL of the file as the server reads it, or the result of `CatalogClient.stage`
   * @returns the name of the layout
   */
  registerBlueprint(url: string, options: RegisterBlueprintOptions = {}): Promise<string> {
    return withRerunErrors(async () => {
      checkOptions("registerBlueprint", options, { setDefault: "boolean", segmentTable: "boolean", signal: 1 });
      const { setDefault = true, segmentTable = false, signal } = options;
      const { id: name } = await registerHidden(this.#hidden("blueprints"), url, { signal });
      if (setDefault && segmentTable) await this.setDefaultSegmentTableBlueprint(name, { signal });
      else if (setDefault) await this.setDefaultBlueprint(name, { signal });
      return name;
    });
  }

  /** Sets the default layout of a recording. @param name the name of a layout, or `undefined` for none */
  setDefaultBlueprint(name: string | null | undefined, options: CatalogCallOptions = {}): Promise<void> {
    return withRerunErrors(async () => this.#update({ defaultBlueprintSegment: layoutName(name) }, options));
  }

  /** Sets the default layout of the table of segments. @param name the name of a layout, or `undefined` for none */
  setDefaultSegmentTableBlueprint(name: string | null | undefined, options: CatalogCallOptions = {}): Promise<void> {
    return withRerunErrors(async () =>
      this.#update({ defaultSegmentTableBlueprintSegment: layoutName(name) }, options),
    );
  }

  async #update(changes: Readonly<Record<string, string | undefined>>, options: CatalogCallOptions): Promise<void> {
    const datasetDetails = withSegments(this.#message.datasetDetails, changes);
    const message = { id: entryIdMessage(this.id), datasetDetails };
    const call = this.call("change the default blueprint of", options);
    const { dataset } = await this.calls.unary(cloudService.method.updateDatasetEntry, message, call);
    if (dataset !== undefined) this.#message = dataset;
  }

  #hidden(contents: "blueprints" | "assets"): HiddenDataset<DatasetEntry> {
    return {
      title: this.title,
      contents,
      open: (options) => (contents === "blueprints" ? this.blueprintDataset(options) : this.assetDataset(options)),
      create: (options) => this.#update({}, options),
    };
  }

  /** The hidden dataset whose segments are the assets of this one, or `undefined` if there is none. */
  async assetDataset(options: CatalogCallOptions = {}): Promise<DatasetEntry | undefined> {
    const id = this.#message.datasetDetails?.assetDataset;
    if (id === undefined) return undefined;
    return openDatasetEntry(this.calls, entryIdText(id), `open the assets of ${this.title}`, options);
  }

  /** The ids of the assets: static recordings that segments share. */
  async assets(options: CatalogCallOptions = {}): Promise<readonly string[]> {
    return (await (await this.assetDataset(options))?.segmentIds(options)) ?? [];
  }

  /** The ids of the assets that apply to a segment. */
  async assetsForSegment(segmentId: string, options: CatalogCallOptions = {}): Promise<readonly string[]> {
    const call = this.call("list the assets of a segment of", options);
    const request = { segmentId: { id: checkNonEmptyText("segmentId", segmentId) } };
    const ids: string[] = [];
    for await (const { assetSegmentIds } of this.calls.responses(
      cloudService.method.getAssetsForSegment,
      request,
      call,
    ))
      for (const { id } of assetSegmentIds) if (id !== undefined) ids.push(id);
    return ids.sort();
  }

  /**
   * Registers a recording of static data as an asset. An asset with the same id is replaced.
   *
   * @param url the URL of the file as the server reads it, or the result of `CatalogClient.stage`
   * @returns the id of the asset
   * @throws {RerunError} `SERVER` if the recording has data with times, or is too large
   */
  registerAsset(url: string, options: RegisterAssetOptions = {}): Promise<string> {
    return withRerunErrors(async () => {
      checkOptions("registerAsset", options, { mode: 1, segments: 1, signal: 1 });
      const { mode = "opt_out", segments = [], signal } = options;
      if (mode !== "opt_out" && mode !== "opt_in") throw invalidArgument("mode", '"opt_out" or "opt_in"', mode);
      const coverage = { mode, segments: checkTexts("segments", segments, "ids of segments") };
      const { dataset, id } = await registerHidden(this.#hidden("assets"), url, { signal });
      await dataset.setSegmentProperties(id, coverageBatch(coverage), { signal });
      return id;
    });
  }

  /** Removes an asset, if it exists. */
  async unregisterAsset(assetId: string, options: CatalogCallOptions = {}): Promise<void> {
    await (
      await this.assetDataset(options)
    )?.unregister({ ...options, segmentsToDrop: checkNonEmptyText("assetId", assetId) });
  }

  /** Makes an asset apply to more segments. */
  addSegmentsToAsset(assetId: string, segments: readonly string[], options: CatalogCallOptions = {}): Promise<void> {
    return withRerunErrors(() => this.#changeCoverage(assetId, segments, true, options));
  }

  /** Makes an asset not apply to some segments. */
  removeSegmentsFromAsset(
    assetId: string,
    segments: readonly string[],
    options: CatalogCallOptions = {},
  ): Promise<void> {
    return withRerunErrors(() => this.#changeCoverage(assetId, segments, false, options));
  }

  async #changeCoverage(
    assetId: string,
    segments: readonly string[],
    applies: boolean,
    options: CatalogCallOptions,
  ): Promise<void> {
    checkTexts("segments", segments, "ids of segments");
    const assets = await this.assetDataset(options);
    if (assets === undefined) throw new RerunError("NOT_FOUND", `${this.title} has no assets`);
    for (let attempt = 1; ; attempt++) {
      const stored = await assets.segmentProperties(checkNonEmptyText("assetId", assetId), options);
      const coverage = coverageOf(stored?.values);
      const changed = changedCoverage(coverage, segments, applies);
      if (changed === coverage) return;
      const expectedRevision = stored?.revision ?? 0n;
      try {
        await assets.setSegmentProperties(assetId, coverageBatch(changed), { ...options, expectedRevision });
        return;
      } catch (error) {
        // Another client was faster, so the change is applied to its version.
        const now = (await assets.segmentProperties(assetId, options))?.revision ?? 0n;
        if (now === expectedRevision || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** The properties beside the layers of a segment, or `undefined` if it has none. */
  segmentProperties(segmentId: string, options: CatalogCallOptions = {}): Promise<StoredProperties | undefined> {
    const call = this.call("read the properties of a segment of", options);
    return withRerunErrors(async () => readProperties(this.calls, checkNonEmptyText("segmentId", segmentId), call));
  }

  /**
   * Writes the properties beside the layers of a segment.
   *
   * @param values one row; its columns have names such as `property:info:kind`
   * @param options with `expectedRevision`, the call rejects if the properties were written since. 0 stands for no
   * properties
   * @returns the new revision
   */
  setSegmentProperties(
    segmentId: string,
    values: RecordBatch,
    options: CatalogCallOptions & { expectedRevision?: bigint | undefined } = {},
  ): Promise<bigint> {
    const { expectedRevision, ...rest } = options;
    const call = this.call("write the properties of a segment of", rest);
    return withRerunErrors(async () =>
      writeProperties(this.calls, checkNonEmptyText("segmentId", segmentId), values, expectedRevision, call),
    );
  }

  /** Deletes the properties beside the layers of segments, if there are any. */
  async deleteSegmentProperties(
    segmentIds: string | readonly string[],
    options: CatalogCallOptions = {},
  ): Promise<void> {
    const segments = checkTexts("segmentIds", segmentIds, "ids of segments").map((id) => ({ segmentId: { id } }));
    const call = this.call("delete the properties of segments of", options);
    await this.calls.unary(cloudService.method.deleteSegmentProperties, { segments }, call);
  }
}

/** Opens the dataset with an id. Rejects with `NOT_FOUND` if there is none. */
export async function openDatasetEntry(
  calls: CatalogCalls,
  id: string,
  doing: string,
  options: CatalogCallOptions,
): Promise<DatasetEntry> {
  const { dataset } = await calls.unary(
    cloudService.method.readDatasetEntry,
    {},
    { ...options, doing, entryId: entryIdText(entryIdMessage(id) as never) },
  );
  return datasetOfMessage(calls, dataset);
}

export function datasetOfMessage(calls: CatalogCalls, message: DatasetEntryMessage | undefined): DatasetEntry {
  const details = entryDetails(message?.details);
  if (message === undefined || details === undefined)
    throw new RerunError("INVALID_FORMAT", "the catalog sent something else than a dataset");
  return new DatasetEntry(calls, details, message);
}
