import "./account.css";
import { useState } from "preact/hooks";
import { LANGUAGES, t } from "../../i18n";
import { dateAndClock } from "../../i18n/format";
import { stores } from "../../stores";
import { explain } from "../../ui/errors";
import { names } from "../../ui/names";
import { notify } from "../../ui/notices";
import { plain } from "../../ui/text";

const SHORTEST = 12;

/** Who is signed in, their password, and what this workplace likes. */
export default function AccountPage() {
  const session = stores.session.current.value;
  if (!session) return null;
  const { user } = session;
  const agencies = user.agency_ids.map((id) => plain(stores.agencies.get(id)?.name ?? "")).filter(Boolean);
  return (
    <main class="page account">
      <div class="account-c">
        <h1>{t("page.account")}</h1>
        <section class="card">
          <h2>{plain(user.display_name)}</h2>
          <dl>
            <div><dt>{t("account.name")}</dt><dd>{plain(user.name)}</dd></div>
            <div><dt>{t("account.role")}</dt><dd>{t(`role.${user.role}`)}</dd></div>
            <div><dt>{t("account.agencies")}</dt><dd>{agencies.join(", ") || t("account.all_agencies")}</dd></div>
            <div><dt>{t("account.expires")}</dt><dd>{dateAndClock(session.expires_at, names.zone())}</dd></div>
            <div><dt>{t("account.version")}</dt><dd>{session.version}</dd></div>
          </dl>
        </section>
        <Password isSet={session.password_set} />
        <Workplace />
      </div>
    </main>
  );
}

function Password({ isSet }: { isSet: boolean }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (password.length < SHORTEST) return setProblem(t("error.password_too_short"));
    if (password !== repeated) return setProblem(t("account.not_equal"));
    setBusy(true);
    setProblem(null);
    try {
      await stores.session.setPassword(password, current || null);
      notify(t("account.password_set"));
      for (const clear of [setCurrent, setPassword, setRepeated]) clear("");
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return (
    <section class="card">
      <h2>{t(isSet ? "account.change_password" : "account.set_password")}</h2>
      {!isSet && <p class="muted">{t("account.no_password")}</p>}
      <form onSubmit={(event) => void submit(event)}>
        {isSet && (
          <label class="stack">
            <span>{t("account.current")}</span>
            <input class="field" type="password" autocomplete="current-password" value={current} onInput={(event) => setCurrent(event.currentTarget.value)} />
          </label>
        )}
        <label class="stack">
          <span>{t("account.new", { count: SHORTEST })}</span>
          <input class="field" type="password" autocomplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
        </label>
        <label class="stack">
          <span>{t("account.again")}</span>
          <input class="field" type="password" autocomplete="new-password" value={repeated} onInput={(event) => setRepeated(event.currentTarget.value)} />
        </label>
        {problem && <p class="problem" role="alert">{problem}</p>}
        <button type="submit" class="b p" disabled={busy}>{busy ? t("sending") : t("account.save")}</button>
      </form>
    </section>
  );
}

function Workplace() {
  const { language, theme, letterKeys } = stores.preferences;
  return (
    <section class="card">
      <h2>{t("account.workplace")}</h2>
      <fieldset class="choices">
        <legend>{t("top.language")}</legend>
        {LANGUAGES.map((code) => (
          <label key={code}>
            <input type="radio" name="language" checked={language.value === code} onChange={() => (language.value = code)} />
            <span lang={code}>{t(`language.${code}`)}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choices">
        <legend>{t("account.theme")}</legend>
        {(["day", "night"] as const).map((name) => (
          <label key={name}>
            <input type="radio" name="theme" checked={theme.value === name} onChange={() => (theme.value = name)} />
            {t(`theme.${name}`)}
          </label>
        ))}
      </fieldset>
      <label class="check">
        <input type="checkbox" checked={letterKeys.value} onChange={(event) => (letterKeys.value = event.currentTarget.checked)} />
        {t("help.letters")}
      </label>
    </section>
  );
}
