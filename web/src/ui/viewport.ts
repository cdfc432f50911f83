import { signal } from "@preact/signals";

/** Width of the window in CSS pixels. */
export const viewportWidth = signal(window.innerWidth);

addEventListener("resize", () => (viewportWidth.value = window.innerWidth));
