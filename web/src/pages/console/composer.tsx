import "./composer.css";
import { useSignalEffect } from "@preact/signals";
import { useCallback, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { stores } from "../../stores";
import { type Addressee, addressee, commonLimit, sameRecipient } from "../../ui/composing";
import { useShortcut } from "../../ui/keys";
import { notify } from "../../ui/notices";
import { plain } from "../../ui/text";
import { refusals, sendText, sending } from "./outbox";
import { RecipientPicker } from "./recipient-picker";
import { templates } from "./templates";

/** Write to units, radios and talkgroups without leaving the map. */
export function Composer() {
  const { selection } = stores;
  const field = useRef<HTMLTextAreaElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const sendButton = useRef<HTMLButtonElement>(null);
  const addressees = selection.recipients.value.map((recipient) => addressee(stores, recipient));
  const text = selection.draft.value;
  const limit = commonLimit(addressees);
  const over = limit !== null && text.length > limit;
  const open = addressees.filter(({ refused }) => !refused);
  const ready = open.length > 0 && text.trim() !== "" && !over && !sending.value;

  // at once, not after the next picture: the letters that follow belong to the text
  useSignalEffect(() => {
    if (!selection.composeAsked.value) return;
    if (!selection.recipients.peek().length || selection.draft.peek()) field.current?.focus();
    else strip.current?.querySelector("button")?.focus();
  });

  const fill = useCallback((digit: number): boolean => {
    const template = templates(stores)[digit - 1];
    if (template === undefined) return false;
    selection.draft.value = template;
    // the button works once it is drawn anew; whoever types on meanwhile keeps the field
    requestAnimationFrame(() => {
      if (document.activeElement !== field.current) sendButton.current?.focus();
    });
    return true;
  }, []);
  useShortcut("template", useCallback(
    (event: KeyboardEvent) => selection.recipients.value.length > 0 && fill(Number(event.key)), [fill],
  ));

  const submit = async (): Promise<void> => {
    if (!ready) return;
    const left = await sendText(open.map(({ recipient }) => recipient), text.trim());
    const refused = addressees.filter((one) => one.refused).map(({ recipient }) => recipient);
    if (left.length < open.length) notify(t("compose.sent", { count: open.length - left.length }));
    selection.recipients.value = [...refused, ...left];
    if (!left.length) {
      selection.draft.value = "";
      document.querySelector<HTMLElement>('[role="option"][tabindex="0"]')?.focus();
    }
  };
  const clear = (): void => {
    selection.draft.value = "";
    selection.recipients.value = [];
    refusals.value = [];
  };
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      document.querySelector<HTMLElement>('[role="option"][tabindex="0"]')?.focus();
    }
  };
  /** Figures choose a template; any other letter begins a free text. */
  const stripKeyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const buttons = [...(strip.current?.querySelectorAll("button") ?? [])];
    const here = buttons.indexOf(event.target as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      buttons[(here + step + buttons.length) % buttons.length]?.focus();
    } else if (/^[1-9]$/.test(event.key)) {
      event.preventDefault();
      fill(Number(event.key));
    } else if (event.key.length === 1 && event.key !== " ") {
      event.stopPropagation();
      field.current?.focus(); // the letter itself then goes into the field
    }
  };
  return (
    <form class="comp" aria-label={t("compose.form")} onSubmit={(event) => { event.preventDefault(); void submit(); }} onKeyDown={keyed}>
      <div class="to">
        <span>{t("compose.to")}</span>
        {addressees.map((one) => <Token key={`${one.recipient.to}${one.recipient.id}`} addressee={one} />)}
        <RecipientPicker />
      </div>
      <Refusals addressees={addressees} />
      <div class="tpl" role="toolbar" aria-label={t("compose.templates")} ref={strip} onKeyDown={stripKeyed}>
        {templates(stores).map((template, n) => (
          <button key={n} type="button" tabIndex={n ? -1 : 0} onClick={() => fill(n + 1)}>
            <b>{n + 1}</b> {plain(template)}
          </button>
        ))}
      </div>
      <label>
        <span class="sr">{t("compose.text")}</span>
        <textarea
          ref={field} class="field" value={text} placeholder={t("compose.placeholder")} aria-invalid={over}
          onInput={(event) => (selection.draft.value = event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <span class={over ? "problem" : "muted"} aria-live="polite">
          {limit === null ? t("compose.length", { length: text.length }) : t("compose.length_of", { length: text.length, limit })}
        </span>
        <span class="grow" />
        <button type="button" class="b" onClick={clear}>{t("compose.clear")}</button>
        <button ref={sendButton} type="submit" class="b p" disabled={!ready}>
          {sending.value ? t("sending") : t("compose.send")}<kbd>{"Ctrl ↵"}</kbd>
        </button>
      </div>
    </form>
  );
}

function Token({ addressee: { recipient, name, refused } }: { addressee: Addressee }) {
  return (
    <span class={`tok ${refused ? "refused" : ""}`} title={refused ?? undefined}>
      {name}
      <button type="button" aria-label={t("compose.remove", { name })} onClick={() => stores.selection.removeRecipient(recipient)}>
        {"×"}
      </button>
    </span>
  );
}

/** Why some of the recipients will not get it, or did not get it. */
function Refusals({ addressees }: { addressees: readonly Addressee[] }) {
  const lines = addressees.flatMap(({ recipient, name, refused }) => {
    const failed = refusals.value.find((refusal) => sameRecipient(refusal.recipient, recipient));
    const reason = refused ?? failed?.reason;
    return reason ? [`${name}: ${reason}`] : [];
  });
  if (!lines.length) return null;
  return <ul class="refusals" role="status">{lines.map((line) => <li key={line}>{line}</li>)}</ul>;
}
