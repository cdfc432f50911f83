import { useState } from "preact/hooks";
import { command } from "../../api/client";
import type { Id, Language, NewUser, Role, UserAdded } from "../../api/types";
import { LANGUAGES, t } from "../../i18n";
import { stores } from "../../stores";
import { Dialog } from "../../ui/dialog";
import { explain } from "../../ui/errors";
import { plain } from "../../ui/text";
import { ROLES } from "./roles";

/** A new user gets a one-time link instead of a password. */
export function NewUserDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (added: UserAdded) => void }) {
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [role, setRole] = useState<Role>("dispatcher");
  const [agencies, setAgencies] = useState<ReadonlySet<Id>>(new Set());
  const [language, setLanguage] = useState<Language>(stores.preferences.language.peek());
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const choose = (id: Id, chosen: boolean): void => {
    setAgencies(new Set([...agencies].filter((one) => one !== id).concat(chosen ? id : [])));
  };
  /** Everybody but an administrator works for an agency. */
  const homeless = role !== "administrator" && agencies.size === 0;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (homeless) return;
    setBusy(true);
    setProblem(null);
    const body: NewUser = {
      name: name.trim(), display_name: displayName.trim() || name.trim(), role, language,
      agency_ids: role === "administrator" ? [] : [...agencies],
    };
    try {
      onAdded(await command<UserAdded>("/api/users", body));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("users.add")} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <label class="stack">
          <span>{t("account.name")}</span>
          <input class="field" required maxLength={64} autocomplete="off" autofocus value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label class="stack">
          <span>{t("users.display_name")}</span>
          <input class="field" maxLength={128} autocomplete="off" value={displayName} onInput={(event) => setDisplayName(event.currentTarget.value)} />
        </label>
        <label class="stack">
          <span>{t("account.role")}</span>
          <select class="field" value={role} onChange={(event) => setRole(ROLES.find((one) => one === event.currentTarget.value) ?? role)}>
            {ROLES.map((one) => <option key={one} value={one}>{t(`role.${one}`)}</option>)}
          </select>
        </label>
        {role !== "administrator" && (
          <fieldset class="choices">
            <legend>{t("account.agencies")}</legend>
            {stores.agencies.all.value.map((agency) => (
              <label key={agency.id}>
                <input type="checkbox" checked={agencies.has(agency.id)} onChange={(event) => choose(agency.id, event.currentTarget.checked)} />
                {plain(agency.name)}
              </label>
            ))}
            {homeless && <p class="muted">{t(stores.agencies.all.value.length ? "users.agency_needed" : "users.no_agencies")}</p>}
          </fieldset>
        )}
        <label class="stack">
          <span>{t("top.language")}</span>
          <select class="field" value={language} onChange={(event) => setLanguage(LANGUAGES.find((one) => one === event.currentTarget.value) ?? language)}>
            {LANGUAGES.map((code) => <option key={code} value={code} lang={code}>{t(`language.${code}`)}</option>)}
          </select>
        </label>
        {problem && <p class="problem" role="alert">{problem}</p>}
        <footer><button type="submit" class="b p" disabled={busy || homeless || !name.trim()}>{busy ? t("sending") : t("users.add")}</button></footer>
      </form>
    </Dialog>
  );
}
