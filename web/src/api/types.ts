/**
 * What the server sends and takes, under the console's names.
 *
 * The shapes are generated from the server's OpenAPI document (`npm run api`); nothing is
 * written twice. Times are UTC ISO 8601 with milliseconds and `Z`; ids are database ids,
 * a radio is known to people by its network and number.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Iso = string;
export type Id = number;

export type Session = Schemas["SessionState"];
export type SignedIn = Schemas["SessionOpened"];
export type User = Schemas["User"];
export type Role = Schemas["Role"];
export type Language = "lv" | "lt" | "en";
/** Where the base map comes from; all null or false: the built-in schematic. */
export type MapSource = Schemas["MapSource"];
export type TemplateText = Schemas["TemplateText"];

export type Snapshot = Schemas["Snapshot"];
export type Agency = Schemas["AgencyView"];
export type Unit = Schemas["UnitView"];
export type UnitKind = Schemas["UnitKind"];
export type UnitStatus = Schemas["UnitStatus"];
export type Radio = Schemas["RadioView"];
/** What the radios of a link can do (`Ability` of the gateway). */
export type Ability = string;
export type Talkgroup = Schemas["TalkgroupView"];
export type Link = Schemas["LinkView"];

/** WGS 84, decimal degrees. */
export type Position = Schemas["PositionView"];
export type Track = Schemas["Track"];
export type TrackPoint = Schemas["TrackPoint"];

export type Call = Schemas["CallView"];
export type Reception = Schemas["ReceptionView"];
export type CallKind = Call["kind"];
export type CallEndReason = NonNullable<Call["end_reason"]>;

export type Message = Schemas["MessageView"];
export type MessageState = Schemas["MessageState"];

export type Emergency = Schemas["EmergencyView"];
export type EmergencyState = Schemas["EmergencyState"];
export type EmergencyAction = Emergency["history"][number]["action"];
export type CloseReason = Schemas["CloseReason"];

/** An alarm that is heard and not yet stored. */
export type UnstoredAlarm = Schemas["UnstoredView"];
/** How one part of the system itself is. */
export type Lamp = Schemas["Lamp"];
export type LampLevel = Lamp["level"];

export type RadioCommand = Schemas["RadioCommandView"];
export type CommandKind = Schemas["CommandKind"];

export type UserAdded = Schemas["UserAdded"];
export type UserAnswer = Schemas["UserAnswer"];
export type NewUser = Schemas["NewUser"];
export type UserChange = Schemas["ChangedUser"];
export type AccessLogEntry = Schemas["AccessLogEntry"];
export type AccessAction = AccessLogEntry["action"];

export interface Page<T> {
  items: T[];
  next: string | null;
}
