/** Every page of the console: one line each. */
import type { ComponentType } from "preact";
import type { Role } from "../api/types";
import type { MessageKey } from "../i18n";

export interface PageEntry {
  path: string;
  title: MessageKey;
  /** Pressed after `g`; null: no key. */
  key: string | null;
  /** Least role that it is for; the server checks it as well. */
  role?: Role;
  /** Listed in the top bar. */
  inMenu?: boolean;
  /** Shown without the top bar, the banner and the footer. */
  bare?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

export const PAGES: readonly PageEntry[] = [
  { path: "/", title: "page.console", key: "k", inMenu: true, load: () => import("./console") },
  { path: "/calls", title: "page.calls", key: "c", inMenu: true, load: () => import("./calls") },
  { path: "/messages", title: "page.messages", key: "m", inMenu: true, load: () => import("./messages") },
  { path: "/track", title: "page.track", key: "t", inMenu: true, load: () => import("./track") },
  { path: "/map", title: "page.map", key: "w", load: () => import("./map-window") },
  { path: "/access-log", title: "page.access_log", key: "l", role: "supervisor", load: () => import("./access-log") },
  { path: "/users", title: "page.users", key: "u", role: "administrator", load: () => import("./users") },
  { path: "/account", title: "page.account", key: "a", load: () => import("./account") },
  { path: "/sign-in", title: "page.sign_in", key: null, bare: true, load: () => import("./sign-in") },
];
