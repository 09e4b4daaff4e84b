import { equalBytes, type Records } from "../bytes/bytes.js";
import { type BasePlace, compareBases, placeOf, type Standing, standingOf } from "./base.js";
import type { Block } from "./block.js";
import { Kind, prefixLength } from "./body.js";
import type { Logs } from "./logs.js";
import { type ShelvedBase, type Stored, type StoredTable, tableOf } from "./shelf.js";

/** A key that is nobody's. */
const noKey = new Uint8Array(0);

/** Blocks of one era that the storage holds. One is read at a time: decoded, all would not fit a board. */
interface Found {
	/** The era's id, 16 bytes. */
	readonly era: Uint8Array;
	/** In the index. */
	readonly entered: number[];
	/** New keys. */
	readonly rotates: number[];
	/** Not under their author's first key: it takes the new keys to know who signed them. */
	readonly later: number[];
	/** Here twice. */
	readonly surplus: number[];
}

/** What came of taking in what the storage holds. */
interface Loaded {
	/** What cannot be read, a sentence each. */
	readonly faults: string[];
	/** Ids that were removed by the table of the base before, where there is one. */
	readonly removedBefore: Records | undefined;
}

/**
 * Takes in what the storage holds. Signatures were checked before the blocks were written; only where two keys of one turn claim
 * to be an owner's is one checked again, to see which signed.
 */
export function load(logs: Logs): Loaded {
	const { shelf } = logs;
	logs.clear(false);
	const eras: Found[] = [];
	const { bases, faults } = shelf.readAll(stored => enter(logs, foundIn(eras, stored.block.era), stored));
	const { left, removedBefore } = chooseEra({ logs, eras, bases, faults });
	if (!shelf.hasBase) return { faults, removedBefore };
	for (const found of eras) {
		if (!equalBytes(found.era, logs.era)) releaseEra(logs, found);
		else
			for (const slot of [...noteOthers(logs, found, left), ...found.surplus])
				if (!shelf.hasDamage) shelf.release(slot);
	}
	releaseOther(logs, bases);
	logs.finishLoading();
	return { faults, removedBefore };
}

/**
 * Has a base of the highest era of which there is one rule. Returns the slots of new keys that are no owner's, and the ids that were removed by
 * the table of the base before. No table but the ruling one stays: a board has no room for more when all is judged.
 */
function chooseEra(options: { logs: Logs; eras: Found[]; bases: readonly Stored[]; faults: string[] }): {
	left: readonly number[];
	removedBefore: Records | undefined;
} {
	const { logs, eras, bases, faults } = options;
	const tables = logs.shelf.readTables();
	for (const era of erasIn(bases)) {
		logs.shelf.setOpening(era.opening);
		const { rotates } = foundIn(eras, era.hash.subarray(0, prefixLength));
		const left = noteRotates(logs, rotates, true);
		const chosen = chooseBase({ logs, bases: era.bases, tables, faults });
		if (chosen !== undefined) {
			logs.shelf.setBases(chosen.base, chosen.spare);
			return { left, removedBefore: chosen.spare?.table.removed };
		}
		for (const slot of rotates) logs.drop(slot);
	}
	return { left: [], removedBefore: undefined };
}

function foundIn(eras: Found[], era: Uint8Array): Found {
	const known = eras.find(found => equalBytes(found.era, era));
	if (known !== undefined) return known;
	const found = { era: era.slice(), entered: [], rotates: [], later: [], surplus: [] };
	eras.push(found);
	return found;
}

function enter(logs: Logs, found: Found, { slot, block }: Stored): void {
	if (block.body.kind === Kind.rotate) found.rotates.push(slot);
	else if (block.turn > 0) found.later.push(slot);
	else if (logs.has(block.hash)) found.surplus.push(slot);
	else {
		logs.note(slot, block, noKey);
		found.entered.push(slot);
	}
}

interface Era {
	readonly hash: Uint8Array;
	readonly number: number;
	readonly opening: Stored | undefined;
	readonly bases: readonly Stored[];
}

/** The eras of which there are bases, the one that rules first. */
function erasIn(bases: readonly Stored[]): Era[] {
	const eras: Era[] = [];
	for (const base of bases) {
		const place = placeOf(base.block, undefined);
		if (place === undefined || eras.some(({ hash }) => equalBytes(hash, place.opening))) continue;
		const opening = bases.find(
			({ block }) => block.body.kind === Kind.opening && equalBytes(block.hash, place.opening)
		);
		const genesis = bases.find(({ block }) => equalBytes(block.hash, place.opening));
		if (opening === undefined && genesis?.block.body.kind !== Kind.genesis) continue;
		const own = bases.filter(({ block }) => {
			const other = placeOf(block, undefined);
			return other !== undefined && equalBytes(other.opening, place.opening);
		});
		eras.push({ hash: place.opening, number: place.era, opening, bases: own });
	}
	return eras.sort((a, b) => compareBases(placed(b), placed(a)));
}

function placed({ hash, number }: Era): BasePlace & { standing: Standing } {
	return { hash, era: number, opening: hash, number: 0, author: noKey, key: undefined, standing: "good" };
}

/** Enters new keys of owners, or of the others, by turns. Returns the slots of those that are nobody's here. */
function noteRotates(logs: Logs, slots: readonly number[], isOfOwners: boolean): number[] {
	const left: number[] = [];
	const stored = slots.map(slot => ({ slot, block: logs.shelf.read(slot) }));
	for (const each of stored.sort((a, b) => a.block.turn - b.block.turn)) {
		if (isOfOwners !== logs.isOwner(each.block.author)) left.push(each.slot);
		else if (!note(logs, each)) left.push(each.slot);
	}
	return left;
}

/** Enters what it took owners' new keys to know. `rotates`: the slots of the others' new keys. Returns the slots of what has no place. */
function noteOthers(logs: Logs, { later }: Found, rotates: readonly number[]): number[] {
	const left: number[] = [];
	for (const slot of later) {
		const block = logs.shelf.read(slot);
		if (logs.has(block.hash)) left.push(slot);
		else if (!logs.isOwner(block.author)) logs.note(slot, block, noKey);
		else if (!note(logs, { slot, block })) left.push(slot);
	}
	return [...left, ...noteMembersRotates(logs, rotates)];
}

/**
 * Who was added has its first key by an add in a log, and its sponsor may have signed that with a new key: one after the other.
 * Returns the slots of those that are nobody's here.
 */
function noteMembersRotates(logs: Logs, slots: readonly number[]): readonly number[] {
	let left = slots;
	for (let before = left.length + 1; left.length > 0 && left.length < before; ) {
		before = left.length;
		logs.judgeAnew();
		left = noteRotates(logs, left, false);
	}
	return left;
}

function releaseEra(logs: Logs, { entered, rotates, later, surplus }: Found): void {
	for (const slot of entered) logs.drop(slot);
	for (const slot of [...entered, ...rotates, ...later, ...surplus]) logs.shelf.release(slot);
}

/** Returns whether it was entered. */
function note(logs: Logs, { slot, block }: Stored): boolean {
	const chain = logs.chainOf(block.author);
	if (chain === undefined || logs.has(block.hash)) return false;
	const isRotate = block.body.kind === Kind.rotate;
	const keys = chain.keysAt(isRotate ? block.turn - 1 : block.turn);
	// A rotate of one's own may be one that the base does not know.
	const isSure = keys.length === 1 && !(isRotate && logs.isSelf(block.author));
	const signer = isSure ? keys[0] : chain.signerOf(block);
	if (signer === undefined) return false;
	logs.note(slot, block, signer);
	return true;
}

/** The base of the highest place whose table is whole rules; the one after it is kept. Undefined where there is none. */
function chooseBase(options: {
	logs: Logs;
	bases: readonly Stored[];
	tables: readonly StoredTable[];
	faults: string[];
}): { base: ShelvedBase; spare: ShelvedBase | undefined } | undefined {
	const { logs, bases, tables, faults } = options;
	const found = bases.flatMap(({ slot, block }) => {
		const place = placeOf(block, keyOf(logs, block));
		if (place === undefined) return [];
		const chain = logs.chainOf(block.author);
		const standing = chain === undefined ? "good" : standingOf(place, chain);
		return [{ ...place, standing, slot, block }];
	});
	found.sort((a, b) => compareBases(b, a));
	const whole: ShelvedBase[] = [];
	for (const { standing: _, block, ...place } of found) {
		// An opening that came to rule after a checkpoint of its era is here twice.
		if (whole.some(({ hash }) => equalBytes(hash, place.hash))) continue;
		const table = tableOf(block, tables);
		if (table !== undefined) whole.push({ ...place, ...table });
		// That of an older one may have made way for the next one, before the power was cut.
		else if (whole.length === 0 && block.body.kind === Kind.checkpoint)
			faults.push(`the table of checkpoint ${place.number} cannot be read`);
	}
	// Beside two checkpoints the block that opened the era only proves them.
	const isOnlyProof = ({ number }: ShelvedBase) => number === 0 && whole.length > 2;
	const [base, spare] = whole.filter(one => !isOnlyProof(one));
	return base && { base, spare };
}

/** The key that signed a checkpoint; undefined for another base. */
function keyOf(logs: Logs, block: Block): Uint8Array | undefined {
	if (block.body.kind !== Kind.checkpoint) return undefined;
	const chain = logs.chainOf(block.author);
	const keys = chain?.keysAt(block.turn) ?? [];
	return (keys.length === 1 ? keys[0] : chain?.signerOf(block)) ?? noKey;
}

/** Bases of no use any more: all but the genesis block, the era's opening, the ruling one and the one before. */
function releaseOther({ shelf }: Logs, bases: readonly Stored[]): void {
	const kept = [shelf.genesis?.slot, shelf.opening?.slot, shelf.base.slot, shelf.spare?.slot];
	for (const { slot } of bases) if (!kept.includes(slot)) shelf.release(slot);
}
