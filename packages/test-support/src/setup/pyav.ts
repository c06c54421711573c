import { ensurePipTarget } from "./pip-target.ts";
import type { Missing } from "./rerun.ts";

/** Finds PyAV, FFmpeg's libraries for Python, or installs it in `.cache`. The folder is for `PYTHONPATH`. */
export function ensurePyAv(python: string): Promise<{ readonly folder: string } | Missing> {
  return ensurePipTarget(python, "av==18.0.0", "40 MB");
}
