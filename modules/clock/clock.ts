import type { OwnedWork } from "./owned-turns.js";

/** Ends what was scheduled; harmless when it has already run or was ended before. */
export type Cancel = () => void;

/** Time as a host gives it. Not the time of day: it starts anywhere and never jumps. */
export interface TimeSource {
	/** Milliseconds since some moment in the past; never goes back. */
	now(): number;
	/** Calls `action` once, at least `milliseconds` from now, from the loop and never from inside this call. */
	after(milliseconds: number, action: () => void): Cancel;
}

/** Time as the rooms see it, so that a simulation can supply its own; it keeps whose work each action is. */
export interface Clock extends TimeSource, OwnedWork {}

export { OwnedTurns, type OwnedWork, type TurnOwner } from "./owned-turns.js";
export { Recent } from "./recent.js";
export { Turns } from "./turns.js";
