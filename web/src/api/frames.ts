/** Frames of the live stream: numbered events, and the rest that may be dropped. */
import type {
  Call, Emergency, Id, Iso, Lamp, Link, Message, Position, Radio, RadioCommand, Talkgroup, Unit, UnstoredAlarm,
} from "./types";

export interface StatusReceived {
  radio_id: Id;
  unit_id: Id | null;
  status: number;
  label: string | null;
  at: Iso;
}

interface EventData {
  "call.started": Call;
  "call.changed": Call;
  "call.ended": Call;
  "message.created": Message;
  "message.changed": Message;
  "emergency.raised": Emergency;
  "emergency.repeated": Emergency;
  "emergency.shown": Emergency;
  "emergency.escalated": Emergency;
  "emergency.acknowledged": Emergency;
  "emergency.cleared": Emergency;
  "emergency.closed": Emergency;
  "unit.changed": Unit;
  "radio.changed": Radio;
  "talkgroup.changed": Talkgroup;
  "link.changed": Link;
  "status.received": StatusReceived;
  "command.changed": RadioCommand;
}

export type EventType = keyof EventData;

/** One committed event; `seq` rises by one, whatever its type. */
export type EventFrame = {
  [T in EventType]: { seq: number; t: Iso; type: T; data: EventData[T] };
}[EventType];

/** Events of other agencies, `seq_from` to `seq`, in one frame. */
export interface SkipFrame {
  seq_from?: number;
  seq: number;
  type: "skip";
}

export type NumberedFrame = EventFrame | SkipFrame;

export interface Heard {
  radio_id: Id;
  at: Iso;
  rssi_dbm: number | null;
  link: string;
}

/** Newest wins; may be dropped when the line is slow. */
export type LooseFrame =
  | { t: Iso; type: "positions"; data: Position[] }
  | { t: Iso; type: "heard"; data: Heard[] }
  | { t: Iso; type: "links"; data: Link[] }
  | { t: Iso; type: "condition"; data: Lamp[] }
  | { t: Iso; type: "unstored"; data: UnstoredAlarm[] };

export interface HeartbeatFrame {
  type: "heartbeat";
  seq: number;
  t: Iso;
}

export interface ResumedFrame {
  resumed: true;
  from: number;
  to: number;
  epoch: string;
  emergencies: Emergency[];
}

export interface ResetFrame {
  reset: true;
  epoch: string;
  seq: number;
  emergencies: Emergency[];
}

export interface LiveFrame {
  live: true;
}

export type ServerFrame =
  | NumberedFrame | LooseFrame | HeartbeatFrame | ResumedFrame | ResetFrame | LiveFrame;

export type ClientFrame =
  | { resume: { epoch: string; after: number }; topics: ("events" | "positions")[] }
  | { alive: number }
  | { shown: number };

export interface EventsAnswer {
  epoch: string;
  seq: number;
  items: NumberedFrame[];
}
