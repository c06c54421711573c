"use client";
// The entry point `@rerun-ts/react/controls`: apart, because it needs the package `@rerun-ts/controls`.
export {
  ControlsProvider,
  useControl,
  type ControlsProviderProps,
  type UseControlOptions,
  type UsedControl,
} from "./use-control.ts";
