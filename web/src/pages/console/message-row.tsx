import { useState } from "preact/hooks";
import { command } from "../../api/client";
import type { Iso, Message, MessageState } from "../../api/types";
import { t } from "../../i18n";
import { clock } from "../../i18n/format";
import { stores } from "../../stores";
import { Icon } from "../../ui/icons";
import { names } from "../../ui/names";
import { notifyError } from "../../ui/notices";
import { failureReason } from "../../ui/failure-reason";
import { plain } from "../../ui/text";
import { askedOf, isCallAlert, writtenTo } from "../../ui/wording";
import { Who } from "./activity-row";

/** One text with the ladder of its delivery: sent is not delivered. Or a radio that asks to be called back. */
export function MessageRow({ message }: { message: Message }) {
  const out = message.direction === "out";
  const bad = message.state === "failed" || message.state === "expired";
  const other = <Who unitId={message.unit_id} name={names.correspondent(message)} />;
  const own = <b>{message.user ? plain(message.user) : t("text.desk")}</b>;
  const alert = isCallAlert(message);
  const receiver = alert ? askedOf(message) : writtenTo(message);
  return (
    <li>
      <time dateTime={message.created_at}>{clock(message.created_at, names.zone(message.agency_id))}</time>
      <Icon name={alert ? "call_alert" : "text"} class={bad ? "st-no_gps" : out ? "st-busy" : "st-free"} />
      <div class="m">
        {out ? <>{own}{" → "}{other}</> : <>{other}{` → ${receiver ?? t("text.desk")}`}</>}
        <span class={alert ? "asks" : "msg"}>{alert ? t("text.call_alert") : plain(message.text)}</span>
        {out && <Ladder message={message} />}
      </div>
      <div class="r">{out && <Actions message={message} />}</div>
    </li>
  );
}

const STEPS = ["queued", "sent", "delivered"] as const;

/** Queued, sent, delivered with their times; or how far it came and why it ended. */
export function Ladder({ message }: { message: Message }) {
  const zone = names.zone(message.agency_id);
  const when = (state: MessageState): Iso | null =>
    message.history.find((step) => step.state === state)?.at ?? (message.state === state ? message.state_at : null);
  const bad = message.state === "failed" || message.state === "expired";
  const reached = message.state === "delivered" ? 2 : STEPS.reduce((last, step, n) => (when(step) ? n : last), 0);
  return (
    <span class="ladder">
      {STEPS.slice(0, bad ? reached + 1 : STEPS.length).map((step, n) => {
        const at = when(step);
        const done = n <= reached;
        return (
          <span key={step} class={done ? "done" : ""}>
            <i aria-hidden="true">{done ? (step === "delivered" ? "✓✓" : "✓") : "○"}</i>
            {t(done ? `text.state.${step}` : `text.not_yet.${step}`)}
            {done && at && step !== "queued" ? ` ${clock(at, zone)}` : ""}
          </span>
        );
      })}
      {bad && (
        <span class="bad" title={message.detail === null ? undefined : plain(message.detail)}>
          <i aria-hidden="true">{"✕"}</i>
          {`${t(`text.state.${message.state as "failed" | "expired"}`)} ${clock(message.state_at, zone)}${after(failureReason(message))}`}
        </span>
      )}
      {message.waiting_for && !bad && <span class="bad">{t(`text.waiting.${message.waiting_for}`)}</span>}
    </span>
  );
}

function after(words: string | null): string {
  return words === null ? "" : ` · ${words}`;
}

function Actions({ message }: { message: Message }) {
  const [busy, setBusy] = useState(false);
  const act = async (action: "cancel" | "retry"): Promise<void> => {
    setBusy(true);
    try {
      const answer = await command<{ message: Message }>(`/api/messages/${message.id}/${action}`, {});
      stores.messages.put(answer.message);
    } catch (error) {
      notifyError(error);
    }
    setBusy(false);
  };
  if (message.state === "queued") {
    return <button type="button" class="b round" disabled={busy} onClick={() => void act("cancel")}>{t("text.cancel")}</button>;
  }
  if (message.state === "failed" || message.state === "expired") {
    return <button type="button" class="b round" disabled={busy} onClick={() => void act("retry")}>{t("text.retry")}</button>;
  }
  return null;
}
