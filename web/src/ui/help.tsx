import { signal } from "@preact/signals";
import { useCallback } from "preact/hooks";
import { t } from "../i18n";
import { PAGES } from "../pages";
import { stores } from "../stores";
import { Dialog } from "./dialog";
import { KeyEditor } from "./key-editor";
import { LOCAL_KEYS, useShortcut } from "./keys";

export const helpOpen = signal(false);

/** All keys and pages; single letters can be switched off here. */
export function Help() {
  useShortcut("help", useCallback(() => (helpOpen.value = true), []));
  if (!helpOpen.value) return null;
  const { letterKeys } = stores.preferences;
  return (
    <Dialog title={t("help.title")} onClose={() => (helpOpen.value = false)} class="help">
      <div class="help-c">
        <section>
          <h3>{t("help.keys")}</h3>
          <KeyEditor />
        </section>
        <section>
          <h3>{t("help.pages")}</h3>
          <dl>
            {PAGES.filter((page) => page.key !== null && (!page.role || stores.session.may(page.role))).map((page) => (
              <div key={page.path}>
                <dt><kbd>G</kbd> <kbd>{page.key?.toUpperCase()}</kbd></dt>
                <dd><a href={page.path} onClick={() => (helpOpen.value = false)}>{t(page.title)}</a></dd>
              </div>
            ))}
          </dl>
          <h3>{t("help.elsewhere")}</h3>
          <dl>
            {LOCAL_KEYS.map(({ keys, label }) => (
              <div key={keys}>
                <dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                <dd>{t(label)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <label class="check">
        <input type="checkbox" checked={letterKeys.value} onChange={(event) => (letterKeys.value = event.currentTarget.checked)} />
        {t("help.letters")}
      </label>
    </Dialog>
  );
}
