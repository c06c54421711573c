#!/usr/bin/env node
// The command is part of `@rerun-ts/node`. This package only provides the name that `npx rerun-ts` looks up.
await import("@rerun-ts/node/cli");
