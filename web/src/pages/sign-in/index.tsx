import "./sign-in.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { LANGUAGES, t } from "../../i18n";
import { stores } from "../../stores";
import { sound } from "../../ui/desk";
import { explain } from "../../ui/errors";
import { Shield } from "../../ui/icons";
import { ThemeButton } from "../../ui/top-bar";

/** The token of a one-time link: `/sign-in#token=...`. */
function linkToken(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("token");
}

/** Name and password, or a one-time link. */
export default function SignInPage() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [token, setToken] = useState(linkToken);
  const secret = useRef<HTMLInputElement>(null);
  const attempt = async (signIn: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn();
    } catch (error) {
      setProblem(explain(error));
      setPassword("");
      secret.current?.focus();
    }
    setBusy(false);
  };
  useEffect(() => {
    // a link pasted over the address of this very page loads nothing anew
    const follow = (): void => {
      const found = linkToken();
      if (!found) return;
      setToken(found);
      setProblem(null);
      // The token is of no use to the history or to whoever looks at the address.
      history.replaceState(null, "", "/sign-in");
    };
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const byLink = (): void => {
    void sound.unlock();
    if (token) void attempt(() => stores.session.signInByLink(token));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void sound.unlock();
    void attempt(() => stores.session.signIn(name.trim(), password));
  };
  const { language } = stores.preferences;
  return (
    <main class="sign-in">
      <div class="card sign-in-c">
        <header>
          <Shield />
          <h1>{"Sardze"}</h1>
          <p class="muted">{t("brand.sub")}</p>
        </header>
        {problem && <p class="sign-in-p" role="alert">{problem}</p>}
        {token && !problem ? (
          <button type="button" class="b p" disabled={busy} onClick={byLink}>{t("sign_in.by_link")}</button>
        ) : (
          <form onSubmit={submit}>
            <label class="stack">
              <span>{t("sign_in.name")}</span>
              <input class="field" name="name" autocomplete="username" autofocus required value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </label>
            <label class="stack">
              <span>{t("sign_in.password")}</span>
              <input ref={secret} class="field" name="password" type="password" autocomplete="current-password" required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
            </label>
            <button type="submit" class="b p" disabled={busy}>{busy ? t("sending") : t("sign_in.do")}</button>
          </form>
        )}
        <footer>
          <div class="seg" role="group" aria-label={t("top.language")}>
            {LANGUAGES.map((code) => (
              <button key={code} type="button" lang={code} aria-pressed={language.value === code} onClick={() => (language.value = code)}>
                {t(`language.${code}`)}
              </button>
            ))}
          </div>
          <ThemeButton />
        </footer>
      </div>
    </main>
  );
}
