/** Addresses of pages: one signal, links that do not reload. */
import { signal } from "@preact/signals";

const here = (): string => (typeof location === "undefined" ? "/" : location.pathname + location.search);

/** Path and query of the page on the screen. */
export const currentAddress = signal(here());

export function currentPath(): string {
  return currentAddress.value.split("?")[0] ?? "/";
}

/** Query of the page on the screen, followed. */
export function currentQuery(): URLSearchParams {
  return new URLSearchParams(currentAddress.value.split("?")[1] ?? "");
}

/** Go to a page; `replace` keeps the history as it is (filters in the address). */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  currentAddress.value = here();
}

/** Follow the back button and links of our own; returns how to stop. */
export function startRouter(): () => void {
  const moved = (): void => {
    currentAddress.value = here();
  };
  const clicked = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  };
  addEventListener("popstate", moved);
  document.addEventListener("click", clicked);
  return () => {
    removeEventListener("popstate", moved);
    document.removeEventListener("click", clicked);
  };
}
