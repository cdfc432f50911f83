import { useId, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { compareNames } from "../../i18n/format";
import { stores } from "../../stores";
import { type Recipient, type Selection } from "../../stores/selection";
import { names } from "../../ui/names";
import { fold } from "../../ui/text";

const MOST = 8;

interface Option {
  recipient: Recipient;
  name: string;
  /** Officers or kind, to tell like names apart. */
  more: string;
}

/** Adds recipients: type a part of a name, Enter takes the marked one. */
export function RecipientPicker() {
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [marked, setMarked] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = open ? options(stores.selection, query) : [];
  const choose = (option: Option | undefined): void => {
    if (!option) return;
    stores.selection.addRecipient(option.recipient);
    setQuery("");
    setMarked(0);
    field.current?.focus();
  };
  const keyed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) setMarked((marked + step + found.length) % found.length);
    else if (event.key === "Enter" && !event.ctrlKey && open) choose(found[marked]);
    else if (event.key === "Escape" && open) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span class="pick">
      <input
        ref={field} role="combobox" aria-expanded={open && found.length > 0} aria-controls={list} aria-autocomplete="list"
        aria-activedescendant={open && found.length ? `${list}-${marked}` : undefined}
        aria-label={t("compose.add")} placeholder={t("compose.add_short")} value={query} autocomplete="off"
        onInput={(event) => { setQuery(event.currentTarget.value); setMarked(0); setOpen(true); }}
        onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onKeyDown={keyed}
      />
      <ul id={list} role="listbox" aria-label={t("compose.add")} class="pick-l card" hidden={!found.length}>
        {found.map((option, n) => (
          <li
            key={`${option.recipient.to}${option.recipient.id}`} id={`${list}-${n}`} role="option" aria-selected={n === marked}
            onPointerDown={(event) => { event.preventDefault(); choose(option); }}
          >
            <b>{option.name}</b> <span class="muted">{option.more}</span>
          </li>
        ))}
      </ul>
    </span>
  );
}

function options(selection: Selection, query: string): Option[] {
  const needle = fold(query.trim());
  const taken = new Set(selection.recipients.value.map(({ to, id }) => `${to} ${id}`));
  const all: Option[] = [
    ...stores.talkgroups.all.value.map((talkgroup): Option => ({
      recipient: { to: "talkgroup", id: talkgroup.id }, name: names.talkgroup(talkgroup.id) ?? "", more: t("compose.is_group"),
    })),
    ...stores.units.all.value.map((unit): Option => ({
      recipient: { to: "unit", id: unit.id }, name: names.unit(unit.id) ?? "", more: names.officers(unit.id),
    })),
  ];
  return all
    .filter(({ recipient, name, more }) =>
      !taken.has(`${recipient.to} ${recipient.id}`) && (!needle || fold(`${name} ${more}`).includes(needle)))
    .sort((a, b) => compareNames(a.name, b.name))
    .slice(0, MOST);
}
