import { defineComponent, h, onBeforeUnmount, onMounted, ref } from "vue";
import { withBase } from "vitepress";

/**
 * An image that loads when it comes into view. With `loading="lazy"`, browsers load images from far outside of the
 * view, which makes pages with many images heavy for people who read only the beginning.
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
