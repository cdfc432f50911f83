/** Every page of the console: one line each. */
import type { ComponentType } from "preact";
import type { MessageKey } from "../i18n";

export interface PageEntry {
  path: string;
  title: MessageKey;
  /** Pressed after `g`; null: no key, not in the menu. */
  key: string | null;
  /** Shown without the top bar, the banner and the footer. */
  bare?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

export const PAGES: readonly PageEntry[] = [
  { path: "/", title: "page.console", key: "k", load: () => import("./console") },
  { path: "/calls", title: "page.calls", key: "c", load: () => import("./calls") },
  { path: "/messages", title: "page.messages", key: "m", load: () => import("./messages") },
  { path: "/track", title: "page.track", key: "t", load: () => import("./track") },
  { path: "/account", title: "page.account", key: "a", load: () => import("./account") },
  { path: "/sign-in", title: "page.sign_in", key: null, bare: true, load: () => import("./sign-in") },
];
