// The entry point `@rerun-ts/web/blueprint`: the same as the namespace `blueprint`.
export * from "@rerun-ts/blueprint";
