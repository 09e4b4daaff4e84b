import type { Action } from "./devices.js";

/** What is done to a device by an action, as in "it can be ...". */
const done: Readonly<Record<Action, string>> = Object.freeze({
	read: "read",
	on: "switched on",
	off: "switched off",
	toggle: "toggled",
	lock: "locked",
	unlock: "unlocked"
});

/** As "switched on". */
export function doneText(action: Action): string {
	return done[action];
}

/** As "a switch cannot be switched on: it can be read". `able`: what such a device knows. */
export function cannotText(type: string, action: Action, able: readonly Action[]): string {
	const all = able.map(doneText);
	const last = all.pop() ?? "left alone";
	return `a ${type} cannot be ${doneText(action)}: it can be ${all.length > 0 ? `${all.join(", ")} or ` : ""}${last}`;
}
