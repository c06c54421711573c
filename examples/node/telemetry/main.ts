// The spans and metrics of a slow web shop, as OpenTelemetry collects them.
//
//   npm run examples -- telemetry
import { saveScene } from "../save-scene.ts";
import { layout } from "./layout.ts";
import { logScene } from "./scene.ts";

await saveScene("telemetry", "A slow web shop", logScene, layout);
