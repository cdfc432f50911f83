/** The running parts of this window: the live line and the sound. */
import type { Emergency, Id } from "../api/types";
import { LiveStream } from "../live/stream";
import { browserLine } from "../live/browser-line";
import { stores } from "../stores";
import { SoundDesk } from "./sound";

export const stream = new LiveStream(stores, browserLine());
export const sound = new SoundDesk(stores);

/** Newest event that raised or repeated an alarm while this window looked, by emergency. */
const newest = new Map<Id, number>();
/** Events that this window has reported as shown. */
const reported = new Set<number>();

/** Wire events to sounds and to the receipts of emergencies. */
export function startDesk(): void {
  stream.onEvent((frame) => {
    if (frame.type === "message.created" && frame.data.direction === "in") sound.text();
    if (frame.type === "emergency.raised" || frame.type === "emergency.repeated") {
      newest.set(frame.data.id, frame.seq);
    }
  });
}

/** Tell the server that an emergency is on the screen, once this workplace sounds; each event once. */
export function receipt(emergency: Emergency): void {
  const seq = newest.get(emergency.id) ?? emergency.raised_seq;
  if (seq === null || reported.has(seq) || sound.state.value === "blocked") return;
  reported.add(seq);
  stream.shown(seq);
}
