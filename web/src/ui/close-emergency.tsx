import { useState } from "preact/hooks";
import type { CloseReason, Emergency } from "../api/types";
import { t } from "../i18n";
import { Dialog } from "./dialog";
import { close, pendingEmergencies } from "./emergency-actions";
import { names } from "./names";

const REASONS: readonly CloseReason[] = ["handled", "false_alarm", "drill", "other"];

/** Why an acknowledged alarm is over; the log keeps it. */
export function CloseDialog({ emergency, onDone }: { emergency: Emergency; onDone: () => void }) {
  const [reason, setReason] = useState<CloseReason>("handled");
  const [note, setNote] = useState("");
  const pending = pendingEmergencies.value.has(emergency.id);
  const missing = reason === "other" && !note.trim();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (missing) return;
    if (await close(emergency, reason, note.trim())) onDone();
  };
  return (
    <Dialog title={t("emergency.close_title", { unit: names.emergency(emergency) })} onClose={onDone}>
      <form onSubmit={(event) => void submit(event)}>
        <fieldset class="choices">
          <legend>{t("emergency.close_reason")}</legend>
          {REASONS.map((value) => (
            <label key={value}>
              <input type="radio" name="reason" autofocus={value === "handled"} checked={reason === value} onChange={() => setReason(value)} />
              {t(`emergency.reason.${value}`)}
            </label>
          ))}
        </fieldset>
        <label class="stack">
          <span>{reason === "other" ? t("emergency.note_needed") : t("emergency.note")}</span>
          <textarea class="field" maxLength={500} rows={3} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        <footer>
          <button type="submit" class="b p" disabled={pending || missing}>
            {pending ? t("sending") : t("emergency.close_do")}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
