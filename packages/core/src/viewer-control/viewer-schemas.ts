import type { ResponseOf } from "./viewer-call.ts";
import type { ViewerDatasetAsset, ViewerDatasetSchema, ViewerSchema } from "./viewer-call-types.ts";
import { entityOf, timelineOf } from "./viewer-state.ts";

export function schemaOf({
  storeId: recording,
  timelines,
  entities,
  omittedEntities,
}: ResponseOf<"getRecordingSchema">): ViewerSchema {
  return { recording, timelines: timelines.map(timelineOf), entities: entities.map(entityOf), omittedEntities };
}

export function datasetSchemaOf({
  timelines,
  entities,
  omittedEntities,
  assetIds,
}: ResponseOf<"getDatasetSchema">): ViewerDatasetSchema {
  return { timelines, entities: entities.map(entityOf), omittedEntities, assetIds };
}

export function datasetAssetsOf({ assets }: ResponseOf<"getDatasetAssetsSchema">): readonly ViewerDatasetAsset[] {
  return assets.map(({ assetId, entities, omittedEntities }) => ({
    assetId,
    entities: entities.map(entityOf),
    omittedEntities,
  }));
}
