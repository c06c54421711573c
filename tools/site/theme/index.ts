import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { LazyImage } from "./lazy-image.ts";
import { OpenExample } from "./open-example.ts";
import { RunExample } from "./run-example.ts";
import "./style.css";

/** VitePress's theme, without web fonts, and with examples that run in their page. */
export const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component("LazyImage", LazyImage);
    app.component("OpenExample", OpenExample);
    app.component("RunExample", RunExample);
  },
};
