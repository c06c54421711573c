#!/usr/bin/env node
// The command is part of `@rerun-ts/node`; this package only gives it the name that `npx rerun-ts` looks up.
await import("@rerun-ts/node/cli");
