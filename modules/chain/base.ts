import { compareBytes, equalBytes } from "../bytes/bytes.js";
import type { Block } from "./block.js";
import { Kind, prefixLength } from "./body.js";
import type { KeyChain } from "./key-chain.js";
import { Rank } from "./rank.js";
import type { Table } from "./table.js";

/** Where a base stands among all that there may be. */
export interface BasePlace {
	readonly hash: Uint8Array;
	/** 0 until the recovery key opens another. */
	readonly era: number;
	/** Hash of the block that opened the era: the genesis block's for era 0. */
	readonly opening: Uint8Array;
	/** Of the checkpoint; 0 for the block that opened the era. */
	readonly number: number;
	/** The owner who signed it; its key undefined where the recovery key did, or the founder as such. */
	readonly author: Uint8Array;
	readonly key: Uint8Array | undefined;
}

/** What the blocks rest on: the genesis block, an owner's checkpoint, or the recovery key's opening of an era. */
export interface Base extends BasePlace {
	readonly slot: number;
	readonly table: Table;
}

/** `fallen`: the key that signed it had ended when its number ruled. `false`: nothing shows that its key is an owner's. */
export type Standing = "good" | "fallen" | "false";

/**
 * A base is fallen if the key that signed it was ended, without a rival, by a rotate made under a base of a lower number, or
 * under another of the same number. `chain`: the keys of who signed it.
 */
export function standingOf({ key, number, hash }: BasePlace, chain: KeyChain): Standing {
	if (key === undefined) return "good";
	const ending = chain.endingOf(key);
	if (ending === "none") return "false";
	if (ending === undefined) return "good";
	const isOther = !equalBytes(ending.base, hash.subarray(0, prefixLength));
	return number > ending.number || (number === ending.number && isOther) ? "fallen" : "good";
}

/**
 * Which of two bases rules: positive where it is `a`. By era, lower hash of the opening, not fallen before fallen, number,
 * lower hash. What has lost its proof counts as fallen.
 */
export function compareBases(
	a: BasePlace & { readonly standing: Standing },
	b: BasePlace & { readonly standing: Standing }
): number {
	return (
		a.era - b.era ||
		compareBytes(b.opening, a.opening) ||
		Number(a.standing === "good") - Number(b.standing === "good") ||
		a.number - b.number ||
		compareBytes(b.hash, a.hash)
	);
}

/** The place of a block as a base; undefined for a block that is none. `key`: the owner's that signed it. */
export function placeOf(block: Block, key: Uint8Array | undefined): BasePlace | undefined {
	const { body, hash, author } = block;
	switch (body.kind) {
		case Kind.genesis:
			return { hash, era: 0, opening: hash, number: 0, author, key: undefined };
		case Kind.checkpoint:
			return { hash, era: body.era, opening: body.opening, number: body.number, author, key };
		case Kind.opening:
			return { hash, era: body.era, opening: hash, number: 0, author, key: undefined };
		default:
			return undefined;
	}
}

/** Places of an owner's log. */
export const ownerPlaces = 12;
/** Places of all members' logs that the base knows as such, and of one of them at most. */
const sharedPlaces = 48;
const memberPlacesLimit = 8;
/** Places of who was added since the base, and of a provisional member. */
export const leastPlaces = 2;

/** Places of each member in the base's rows: a share, which nobody's adds make smaller. */
export function memberPlaces({ members }: Table): number {
	let count = 0;
	for (let number = 0; number < members.size; number += 1)
		if (members.rankAt(number) === Rank.member) count += 1;
	return Math.max(leastPlaces, Math.min(memberPlacesLimit, Math.floor(sharedPlaces / Math.max(1, count))));
}
