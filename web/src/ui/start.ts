/** What happens before and beside the first picture. */
import { effect, untracked } from "@preact/signals";
import { onSignedOut } from "../api/client";
import { LANGUAGES, setLanguage } from "../i18n";
import { forgetOld } from "../live/apply";
import { stores } from "../stores";
import { PAGES } from "../pages";
import type { SessionState } from "../stores/session";
import { sound, startDesk, stream } from "./desk";
import { startKeys } from "./keys";
import { fetchAhead } from "./page-view";
import { currentPath, navigate, startRouter } from "./router";

const FORGET_MS = 60_000;

/** Words, session, theme; then the clock, the keys and the line run by themselves. */
export async function start(): Promise<void> {
  const { preferences, session, clock } = stores;
  effect(() => {
    document.documentElement.dataset.theme = preferences.theme.value;
  });
  addEventListener("storage", (event) => preferences.follow(event));
  onSignedOut(() => session.lost());
  await Promise.all([setLanguage(preferences.language.value), session.load()]);
  effect(() => void setLanguage(preferences.language.value));
  startRouter();
  startKeys();
  startDesk();
  sound.start();
  tickOnTheSecond();
  setInterval(() => forgetOld(stores), FORGET_MS);
  for (const kind of ["online", "pageshow"] as const) addEventListener(kind, () => stream.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    clock.tick();
    stream.wake();
  });
  effect(() => follow(session.state.value, currentPath()));
  effect(() => {
    if (stores.stream.phase.value === "live") void untracked(() => fetchAhead(PAGES));
  });
}

/** Open the line for whoever is signed in; send everybody else to the sign-in page. */
function follow(state: SessionState, path: string): void {
  untracked(() => {
    const session = stores.session.current.value;
    if (state === "signed_in" && session) {
      const language = LANGUAGES.find((code) => code === session.user.language);
      if (language && !stores.preferences.chosen) stores.preferences.language.value = language;
      stores.demo.value = session.demo;
      stores.clock.learn(Date.parse(session.server_time));
      stream.start();
      if (path === "/sign-in") navigate("/", { replace: true });
    } else if (state === "signed_out") {
      stream.stop();
      if (path !== "/sign-in") navigate("/sign-in", { replace: true });
    }
  });
}

/** Tick when the server's second changes, so that ages and clocks move together. */
function tickOnTheSecond(): void {
  const next = (): void => {
    stores.clock.tick();
    const late = stores.clock.read() % 1000;
    setTimeout(next, 1000 - late + 5);
  };
  next();
}
