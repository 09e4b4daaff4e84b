import type { OwnedWork } from "./owned-turns.js";

/** Ends what was scheduled; harmless when it has already run or was ended before. */
export type Cancel = () => void;

/**
 * Time as the rooms see it, so that a simulation can supply its own. Not the time of day: it starts anywhere
 * and never jumps.
 */
export interface Clock {
	/** Milliseconds since some moment in the past; never goes back. */
	now(): number;
	/** Calls `action` once, at least `milliseconds` from now, from the loop and never from inside this call. */
	after(milliseconds: number, action: () => void): Cancel;
}

/** A clock that keeps for whom each action works that waits on it. */
export type OwningClock = Clock & OwnedWork;

export { OwnedTurns, type OwnedWork, type TurnOwner } from "./owned-turns.js";
export { Turns } from "./turns.js";
