/** What the filters of the logs offer, in the order of names. */
import { compareNames } from "../../i18n/format";
import { stores } from "../../stores";
import { names, radioName } from "../../ui/names";
import { plain } from "../../ui/text";

interface Choice {
  readonly value: string;
  readonly text: string;
}

export function unitChoices(): Choice[] {
  return sorted(stores.units.all.value.map((unit) => ({
    value: String(unit.id),
    text: [plain(unit.call_sign), names.officers(unit.id)].filter(Boolean).join(" · "),
  })));
}

export function radioChoices(): Choice[] {
  return sorted(stores.radios.all.value.map((radio) => ({ value: String(radio.id), text: radioName(radio) })));
}

export function talkgroupChoices(): Choice[] {
  return sorted(stores.talkgroups.all.value.map((talkgroup) => ({
    value: String(talkgroup.id), text: names.talkgroup(talkgroup.id) ?? String(talkgroup.number),
  })));
}

function sorted(choices: Choice[]): Choice[] {
  return choices.sort((a, b) => compareNames(a.text, b.text));
}
