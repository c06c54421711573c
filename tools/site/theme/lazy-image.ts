import { defineComponent, h, onBeforeUnmount, onMounted, ref } from "vue";
import { withBase } from "vitepress";

/**
 * An image that is loaded when it comes into view. Browsers load images with `loading="lazy"` from far outside of it,
 * which makes pages with many images heavy for those who read their beginning.
 */
export const LazyImage = defineComponent({
  name: "LazyImage",
  props: { src: { type: String, required: true }, alt: { type: String, default: "" } },
  setup({ src, alt }) {
    const image = ref<HTMLImageElement>();
    const isVisible = ref(false);
    let observer: IntersectionObserver | undefined;
    onMounted(() => {
      observer = new IntersectionObserver((entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        isVisible.value = true;
        observer?.disconnect();
      });
      if (image.value) observer.observe(image.value);
    });
    onBeforeUnmount(() => observer?.disconnect());
    return () =>
      h("img", {
        ref: image,
        alt,
        class: { pending: !isVisible.value },
        ...(isVisible.value && { src: withBase(src) }),
      });
  },
});
