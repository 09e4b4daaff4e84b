import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { type Chain, prefixLength, Rank } from "../chain/chain.js";
import { Sha256 } from "../crypto/crypto.js";
import { type AuthorSummary, type BasePlace, coveredLimit, type Summary } from "./notation.js";
import { Prefixes } from "./prefixes.js";

/** What of a chain is compared: the base, and for each author how many blocks there are since, and which. */
export function summaryOf(chain: Chain): Summary {
	const authors: AuthorSummary[] = [];
	for (let number = 0; number < chain.length; ) {
		const id = chain.authorAt(number);
		const hash = new Sha256();
		let count = 0;
		for (; chain.isBy(number, id); number += 1) {
			if (!chain.isLive(number)) continue;
			hash.write(chain.hashAt(number));
			count += 1;
		}
		if (count > 0) authors.push({ id, count, digest: hash.close().subarray(0, prefixLength) });
	}
	return { base: baseOf(chain), authors };
}

/** What an owner took and the base covers, which is for it alone: of two branches of its own a checkpoint knew one. */
export function coveredOf(chain: Chain, author: Uint8Array): Prefixes {
	const hashes: Uint8Array[] = [];
	for (let number = 0; number < chain.length && hashes.length < coveredLimit; number += 1)
		if (chain.isCoveredOf(number, author)) hashes.push(chain.hashAt(number));
	return Prefixes.of(hashes);
}

/** The base as others compare it; without one all zero, below every other. */
function baseOf({ base }: Chain): BasePlace {
	if (base === undefined) {
		const none = new Uint8Array(prefixLength).fill(255);
		return { era: 0, opening: none, number: 0, hash: none };
	}
	const { era, opening, number, hash } = base;
	return { era, opening: opening.subarray(0, prefixLength), number, hash: hash.subarray(0, prefixLength) };
}

/**
 * Which of two bases rules, as far as it can be seen without who signed them: positive where it is `a`, 0 for the same. By
 * era, lower hash of the opening, number, lower hash.
 */
export function compareBasePlaces(a: BasePlace, b: BasePlace): number {
	return (
		a.era - b.era || compareBytes(b.opening, a.opening) || a.number - b.number || compareBytes(b.hash, a.hash)
	);
}

/** The authors whose blocks are not the same on both sides. */
export function differingAuthors(ours: Summary, theirs: Summary): Uint8Array[] {
	const differing: Uint8Array[] = [];
	const byId = (a: AuthorSummary, b: AuthorSummary) => compareBytes(a.id, b.id);
	const [left, right] = [[...ours.authors].sort(byId), [...theirs.authors].sort(byId)];
	for (let [one, other] = [left.shift(), right.shift()]; one !== undefined || other !== undefined; ) {
		const order = one === undefined ? 1 : other === undefined ? -1 : byId(one, other);
		const isSame = order === 0 && one?.count === other?.count && sameDigest(one, other);
		const differs = isSame ? undefined : order > 0 ? other : one;
		if (differs !== undefined) differing.push(differs.id);
		if (order <= 0) one = left.shift();
		if (order >= 0) other = right.shift();
	}
	return differing;
}

function sameDigest(a: AuthorSummary | undefined, b: AuthorSummary | undefined): boolean {
	return a !== undefined && b !== undefined && equalBytes(a.digest, b.digest);
}

/**
 * The hashes of what these authors issued since the base, an author's log after the other's: owners' first, then members',
 * then those of whom they admitted, so that who takes them in knows each author before its blocks come.
 */
export function prefixesBy(chain: Chain, authors: readonly Uint8Array[]): Prefixes {
	return Prefixes.of(hashesBy(chain, authors));
}

function* hashesBy(chain: Chain, authors: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
	const { members } = chain;
	const ranks = new Map<Uint8Array, Rank | undefined>();
	for (const id of authors) ranks.set(id, members.get(id)?.rank);
	// Each once, whatever a peer asks for.
	const ordered = [...authors].sort(compareBytes);
	for (const rank of [Rank.owner, Rank.member, Rank.provisional]) {
		let last: Uint8Array | undefined;
		for (const id of ordered) {
			if (ranks.get(id) !== rank || (last !== undefined && equalBytes(last, id))) continue;
			last = id;
			for (let number = chain.firstOf(id); chain.isBy(number, id); number += 1) {
				if (chain.isLive(number)) yield chain.hashAt(number);
			}
		}
	}
}
