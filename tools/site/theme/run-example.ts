import { defineComponent, h, ref } from "vue";
import { withBase } from "vitepress";

/** A button that opens the playground with an example in its place: in the page, or without scripts as a page. */
export const RunExample = defineComponent({
  name: "RunExample",
  props: { name: { type: String, required: true } },
  setup({ name }) {
    const isOpen = ref(false);
    const address = withBase(`/playground/index.html#example=${name}`);
    return () =>
      isOpen.value
        ? h("iframe", { class: "playground", src: address, title: "The example, and what the viewer shows of it" })
        : h(
            "a",
            {
              class: "run-example",
              href: address,
              target: "_self",
              onClick: (event: MouseEvent) => {
                // With these keys, links open elsewhere.
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                isOpen.value = true;
              },
            },
            "Edit and run this example",
          );
  },
});
