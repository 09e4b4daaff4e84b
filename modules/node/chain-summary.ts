import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { type Chain, type IdText, idText } from "../chain/chain.js";
import { Sha256 } from "../crypto/crypto.js";
import type { AuthorSummary, Summary } from "./notation.js";
import { Prefixes, prefixLength } from "./prefixes.js";

/** What there is of an author so far. */
interface Tally {
	readonly id: Uint8Array;
	readonly hash: Sha256;
	count: number;
}

/** What of a chain is compared: the checkpoint, and for each author how many blocks there are since, and which. */
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
	const hash = (chain.checkpointHash ?? new Uint8Array(prefixLength)).subarray(0, prefixLength);
	return { checkpoint: chain.checkpoint, hash, authors };
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

/** The hashes of what these authors issued since the checkpoint, in order. */
export function prefixesBy(chain: Chain, authors: readonly Uint8Array[]): Prefixes {
	return Prefixes.of(hashesBy(chain, authors));
}

function* hashesBy(chain: Chain, authors: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
	const wanted = new Set(authors.map(idText));
	for (let number = 0; number < chain.length; number += 1) {
		if (chain.isLive(number) && wanted.has(idText(chain.authorAt(number)))) yield chain.hashAt(number);
	}
}
