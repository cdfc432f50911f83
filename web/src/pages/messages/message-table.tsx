import { useSignal } from "@preact/signals";
import { command } from "../../api/client";
import type { Message, MessageState } from "../../api/types";
import { type MessageKey, t } from "../../i18n";
import { clock, isoDate } from "../../i18n/format";
import { stores } from "../../stores";
import { explain } from "../../ui/errors";
import { Icon } from "../../ui/icons";
import { failureReason } from "../../ui/failure-reason";
import { names } from "../../ui/names";
import { plain } from "../../ui/text";
import { isCallAlert, wording } from "../../ui/wording";

const COLUMNS = 6;

interface Props {
  messages: readonly Message[];
}

/** Messages, newest first, with a line before each new day. */
export function MessageTable({ messages }: Props) {
  const zone = names.zone();
  let day = "";
  return (
    <table class="log-table">
      <thead>
        <tr>
          <th scope="col">{t("messages.column.time")}</th>
          <th scope="col">{t("messages.column.direction")}</th>
          <th scope="col">{t("messages.column.who")}</th>
          <th scope="col">{t("messages.column.text")}</th>
          <th scope="col">{t("messages.column.state")}</th>
          <th scope="col">{t("messages.column.actions")}</th>
        </tr>
      </thead>
      <tbody>
        {messages.flatMap((loaded) => {
          const message = stores.messages.get(loaded.id) ?? loaded;
          const date = isoDate(message.created_at, zone);
          const rows = [<MessageRow key={message.id} message={message} zone={zone} />];
          if (date !== day) {
            day = date;
            rows.unshift(<tr key={date} class="log-day"><td colSpan={COLUMNS}>{date}</td></tr>);
          }
          return rows;
        })}
      </tbody>
    </table>
  );
}

function MessageRow({ message, zone }: { message: Message; zone: string }) {
  const out = message.direction === "out";
  return (
    <tr>
      <td class="time">{clock(message.created_at, zone)}</td>
      <td>
        <span aria-hidden="true">{out ? "↗ " : "↙ "}</span>
        {t(out ? "messages.out" : "messages.in")}
        {message.user && <small class="muted"> · {plain(message.user)}</small>}
      </td>
      <td class="who"><b>{names.correspondent(message)}</b><span>{radioBesideUnit(message)}</span></td>
      <td class="message-text">
        {isCallAlert(message) ? <b><Icon name="call_alert" /> {wording(message)}</b> : wording(message)}
      </td>
      <td><States message={message} zone={zone} /></td>
      <td><Actions message={message} /></td>
    </tr>
  );
}

/** Alias and number of the radio, where the unit alone is named. */
function radioBesideUnit(message: Message): string {
  return message.unit_id !== null && message.radio_id !== null ? names.radio(message.radio_id) : "";
}

/** The state now; the whole way on demand. */
function States({ message, zone }: { message: Message; zone: string }) {
  const failure = failureReason(message);
  return (
    <details class="message-states">
      <summary>
        <span class={`pill ${LOOK[message.state]}`}>{SIGN[message.state]} {t(stateKey(message.state))}</span>
        <span class="muted"> {clock(message.state_at, zone)}</span>
        {failure !== null && <span class="muted" title={message.detail === null ? undefined : plain(message.detail)}> · {failure}</span>}
        {message.waiting_for && <span class="muted"> · {t(`text.waiting.${message.waiting_for}`)}</span>}
      </summary>
      <ol>
        {message.history.map((step, i) => (
          <li key={i}>
            <time dateTime={step.at}>{clock(step.at, zone)}</time> {t(stateKey(step.state))}
            {step.state === "failed" && failure !== null && <span class="muted"> · {failure}</span>}
          </li>
        ))}
      </ol>
    </details>
  );
}

const LOOK: Readonly<Record<MessageState, string>> = {
  queued: "off", sent: "busy", delivered: "ok", failed: "warn", expired: "warn", received: "ok",
};
const SIGN: Readonly<Record<MessageState, string>> = {
  queued: "…", sent: "✓", delivered: "✓✓", failed: "✕", expired: "⧖", received: "↙",
};

export function stateKey(state: MessageState): MessageKey {
  return state === "received" ? "messages.state.received" : `text.state.${state}`;
}

/** Cancel what still waits, send again what failed. */
function Actions({ message }: { message: Message }) {
  const busy = useSignal(false);
  const error = useSignal<unknown>(null);
  const action = actionFor(message);
  if (!action) return null;
  const run = async (): Promise<void> => {
    busy.value = true;
    error.value = null;
    try {
      await command(`/api/messages/${message.id}/${action}`, {});
    } catch (problem) {
      error.value = problem;
    } finally {
      busy.value = false;
    }
  };
  return (
    <>
      <button type="button" class="b round" disabled={busy.value} onClick={() => void run()}>
        {t(`text.${action}`)}
      </button>
      {error.value !== null && <p class="problem" role="alert">{explain(error.value)}</p>}
    </>
  );
}

function actionFor(message: Message): "cancel" | "retry" | null {
  if (message.direction === "in") return null;
  if (message.state === "queued") return "cancel";
  return message.state === "failed" || message.state === "expired" ? "retry" : null;
}
