import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { type Chain, type IdText, idText, prefixLength, Rank } from "../chain/chain.js";
import { Sha256 } from "../crypto/crypto.js";
import type { AuthorSummary, BasePlace, Summary } from "./notation.js";
import { Prefixes } from "./prefixes.js";

/** What there is of an author so far. */
interface Tally {
	readonly id: Uint8Array;
	readonly hash: Sha256;
	count: number;
}

/** What of a chain is compared: the base, and for each author how many blocks there are since, and which. */
export function summaryOf(chain: Chain): Summary {
	const tallies = new Map<IdText, Tally>();
	for (let number = 0; number < chain.length; number += 1) {
		if (!chain.isLive(number)) continue;
		const id = chain.authorAt(number);
		const text = idText(id);
		const tally = tallies.get(text) ?? { id, hash: new Sha256(), count: 0 };
		tallies.set(text, tally);
		tally.hash.write(chain.hashAt(number));
		tally.count += 1;
	}
	const authors: AuthorSummary[] = [];
	for (const { id, hash, count } of tallies.values()) {
		authors.push({ id, count, digest: hash.close().subarray(0, prefixLength) });
	}
	return { base: baseOf(chain), authors };
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
	const differing = new Map<IdText, Uint8Array>();
	for (const [one, other] of [
		[ours, theirs],
		[theirs, ours]
	] as const) {
		const known = new Map(other.authors.map(author => [idText(author.id), author]));
		for (const { id, count, digest } of one.authors) {
			const text = idText(id);
			const counterpart = known.get(text);
			if (counterpart?.count !== count || !equalBytes(counterpart.digest, digest)) differing.set(text, id);
		}
	}
	return [...differing.values()].sort(compareBytes);
}

/**
 * The hashes of what these authors issued since the base, an author's log after the other's: owners' first, then members',
 * then those of whom they admitted, so that who takes them in knows each author before its blocks come.
 */
export function prefixesBy(chain: Chain, authors: readonly Uint8Array[]): Prefixes {
	return Prefixes.of(hashesBy(chain, authors));
}

function* hashesBy(chain: Chain, authors: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
	const wanted = new Set(authors.map(idText));
	const { members } = chain;
	for (const rank of [Rank.owner, Rank.member, Rank.provisional]) {
		for (let number = 0; number < chain.length; number += 1) {
			const id = chain.authorAt(number);
			if (!chain.isLive(number) || !wanted.has(idText(id)) || members.get(id)?.rank !== rank) continue;
			yield chain.hashAt(number);
		}
	}
}
