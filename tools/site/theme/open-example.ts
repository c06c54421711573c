import { defineComponent, h } from "vue";
import { withBase } from "vitepress";

/** A link to an example for browsers, which is a page of its own on the site. */
export const OpenExample = defineComponent({
  name: "OpenExample",
  props: { name: { type: String, required: true } },
  setup({ name }) {
    const href = withBase(`/examples/web/${name}/index.html`);
    return () => h("a", { class: "run-example", href, target: "_self" }, "Open this page");
  },
});
