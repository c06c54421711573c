import type { NumbersLike } from "@rerun-ts/types";
import {
  AudioPlayback,
  DataframeQuery,
  type AudioPlaybackFields,
  type DataframeQueryFields,
} from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** Playback of sound: its fields, or the volume. */
export type AudioPlaybackLike = PropertyLike<AudioPlaybackFields, NumbersLike>;

/** The rows and columns of a table: its fields. */
export type DataframeQueryLike = PropertyLike<DataframeQueryFields>;

export const audioPlayback: Property = /* @__PURE__ */ defineProperty(AudioPlayback);

export const dataframeQuery: Property = /* @__PURE__ */ defineProperty(DataframeQuery);
