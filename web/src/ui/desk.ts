/** The running parts of this window: the live line and the sound. */
import { LiveStream } from "../live/stream";
import { browserLine } from "../live/browser-line";
import { stores } from "../stores";
import { SoundDesk } from "./sound";

export const stream = new LiveStream(stores, browserLine());
export const sound = new SoundDesk(stores);

/** Events that raised or repeated an alarm and have not been shown yet, by emergency. */
const unshown = new Map<number, number>();

/** Wire events to sounds and to the receipts of emergencies. */
export function startDesk(): void {
  stream.onEvent((frame) => {
    if (frame.type === "message.created" && frame.data.direction === "in") sound.text();
    if (frame.type === "emergency.raised" || frame.type === "emergency.repeated") {
      unshown.set(frame.data.id, frame.seq);
    }
  });
}

/** Tell the server that an emergency is on the screen, once this workplace sounds. */
export function receipt(emergencyId: number): void {
  const seq = unshown.get(emergencyId);
  if (seq === undefined || sound.state.value === "blocked") return;
  unshown.delete(emergencyId);
  stream.shown(seq);
}
