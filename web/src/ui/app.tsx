import "./frame.css";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { PAGES } from "../pages";
import { stores } from "../stores";
import { Announcer } from "./announcer";
import { Banner } from "./banner";
import { Footer } from "./footer";
import { Help } from "./help";
import { Notices } from "./notices";
import { PageView } from "./page-view";
import { currentPath } from "./router";
import { StreamLost } from "./stream-lost";
import { TopBar } from "./top-bar";

/** The frame of every page: top bar, alarms, page, footer. */
export function App() {
  const path = currentPath();
  const page = PAGES.find((entry) => entry.path === path);
  const waiting = stores.openEmergencies.value.filter((emergency) => emergency.state === "raised").length
    + stores.unstored.all.value.length;
  const alarm = waiting ? `▲ ${waiting} ` : "";
  useEffect(() => {
    document.title = page ? `${alarm}${t(page.title)} · Sardze` : "Sardze";
  });
  const state = stores.session.state.value;
  if (state === "unknown") return <FullScreen text={t("loading")} />;
  if (state === "unreachable") return <Unreachable />;
  if (state === "signed_out" && !page?.bare) return <FullScreen text={t("loading")} />;
  if (page?.bare) return <PageView page={page} />;
  return (
    <div class="app">
      <TopBar />
      <Banner />
      <StreamLost />
      {page ? <PageView key={page.path} page={page} /> : <NotFound />}
      <Footer />
      <Announcer />
      <Notices />
      <Help />
    </div>
  );
}

function NotFound() {
  return (
    <main class="page waiting">
      <div class="empty">
        <p>{t("page.not_found")}</p>
        <a class="b p" href="/">{t("page.to_console")}</a>
      </div>
    </main>
  );
}

function FullScreen({ text }: { text: string }) {
  return <main class="full"><p class="empty" role="status">{text}</p></main>;
}

function Unreachable() {
  const [busy, setBusy] = useState(false);
  const again = async (): Promise<void> => {
    setBusy(true);
    await stores.session.load();
    setBusy(false);
  };
  useEffect(() => {
    const timer = setInterval(() => void stores.session.load(), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <main class="full">
      <div class="empty" role="alert">
        <p class="problem">{t("error.unreachable")}</p>
        <p>{t("error.retrying")}</p>
        <button type="button" class="b p" disabled={busy} onClick={() => void again()}>{t("retry")}</button>
      </div>
    </main>
  );
}
