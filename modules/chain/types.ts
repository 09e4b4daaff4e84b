import { absentFlag, noType } from "./body.js";

/** An empty device number that never had a type. */
const never = absentFlag | noType;

/**
 * What a node says of its devices, as far as it may say it: a device number keeps the type that it once had, or is empty; an
 * empty one takes its old type again. What says otherwise is passed over for that number. What is not said of is empty.
 */
export function foldedTypes(before: Uint8Array, said: Uint8Array): Uint8Array {
	const types = new Uint8Array(Math.max(before.length, said.length));
	for (let number = 0; number < types.length; number += 1) {
		const old = number < before.length ? before[number] : never;
		const now = number < said.length ? said[number] : never;
		types[number] = foldedType(old, now);
	}
	return types;
}

function foldedType(old: number, now: number): number {
	const once = old & noType;
	if ((now & absentFlag) !== 0) return once | absentFlag;
	return once === noType || now === once ? now : old;
}

/** A bit for each device that has a type: what an owner has seen whose add names them. */
export function guardsOf(types: Uint8Array): number {
	let guards = 0;
	for (let number = 0; number < types.length; number += 1) {
		if ((types[number] & absentFlag) === 0) guards |= 1 << number;
	}
	return guards;
}
