"use client";
// The entry point `@rerun-ts/react/controls`: apart, because it needs the package `@rerun-ts/controls`.
export {
  ControlsProvider,
  createControls,
  useControl,
  type ControlsProviderProps,
  type DeclaredControls,
  type UseControlOptions,
  type UsedControl,
} from "./use-control.ts";
