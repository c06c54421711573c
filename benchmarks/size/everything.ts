export * from "@rerun-ts/web";
