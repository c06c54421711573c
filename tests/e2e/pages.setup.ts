import { test } from "@playwright/test";
import { buildAllPages } from "./serve.ts";

test("the pages can be built", () => buildAllPages());
