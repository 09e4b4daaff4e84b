import type { Rules } from "./rules.js";

/** Types of devices that only an owner's word lets take part in a group's tasks. */
export const lock = 3;
export const isGuarded = (type: number): boolean => type === lock;

/**
 * The types after a describe: a device number keeps the type that it once had, or is empty (0 here stands for "empty, and never had
 * one"; -t for "empty, and had type t").
 */
export function typesAfter(old: readonly number[], said: readonly number[], rules: Rules): number[] {
	const length = Math.max(old.length, Math.min(said.length, 8));
	return Array.from({ length }, (_, device) => {
		const before = old[device] ?? 0;
		const now = said[device] ?? 0;
		if (!rules.typesAreKept) return now;
		const once = Math.abs(before);
		if (now === 0) return -once;
		return once === 0 || now === once ? now : before;
	});
}
