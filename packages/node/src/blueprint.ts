// The entry point `@rerun-ts/node/blueprint`: the same as the namespace `blueprint`.
export * from "@rerun-ts/blueprint";
