/** The code of the pages: fetched when one is opened, and ahead of that while the server is there. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import type { PageEntry } from "../pages";
import { stores } from "../stores";

const loaded = new Map<string, ComponentType>();

async function fetchPage(page: PageEntry): Promise<void> {
  if (!loaded.has(page.path)) loaded.set(page.path, (await page.load()).default);
}

/** Fetch the pages that the user may open, so that they open while the server is away. */
export async function fetchAhead(pages: readonly PageEntry[]): Promise<void> {
  for (const page of pages) {
    if (page.role && !stores.session.may(page.role)) continue;
    await fetchPage(page).catch(() => undefined); // it is asked for again when it is opened
  }
}

export function PageView({ page }: { page: PageEntry }) {
  const [failed, setFailed] = useState(false);
  const [, redraw] = useState(0);
  useEffect(() => {
    if (loaded.has(page.path)) return;
    fetchPage(page).then(() => redraw((count) => count + 1), () => setFailed(true));
  }, [page]);
  const Content = loaded.get(page.path);
  if (page.role && !stores.session.may(page.role)) {
    return <main class="page waiting"><p class="empty" role="alert">{t("error.role_required")}</p></main>;
  }
  if (Content) return <Content />;
  return (
    <main class="page waiting" aria-busy={!failed}>
      {failed ? <NotLoaded /> : <p class="empty">{t("loading")}</p>}
    </main>
  );
}

/** A reload without a server would take away what is still on the other pages: it waits for the line. */
function NotLoaded() {
  const lost = stores.stream.phase.value === "lost";
  return (
    <div class="empty" role="alert">
      <p class="problem">{t(lost ? "error.unreachable" : "page.not_loaded")}</p>
      {lost
        ? <a class="b p" href="/">{t("page.to_console")}</a>
        : <button type="button" class="b p" onClick={() => location.reload()}>{t("retry")}</button>}
    </div>
  );
}
