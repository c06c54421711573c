export { provideRerun as setup } from "@rerun-ts/test-support/setup/provide-rerun";
