import { compareBytes, concat, equalBytes } from "../bytes/bytes.js";
import { type Chain, type IdText, idText } from "../chain/chain.js";
import { sha256 } from "../crypto/crypto.js";
import { type AuthorSummary, prefixLength, type Summary } from "./notation.js";

/** What of a chain is compared: the checkpoint, and for each author how many blocks there are since, and which. */
export function summaryOf(chain: Chain): Summary {
	const hashes = new Map<IdText, { id: Uint8Array; hashes: Uint8Array[] }>();
	for (let number = 0; number < chain.length; number += 1) {
		if (!chain.isLive(number)) continue;
		const id = chain.authorAt(number);
		const text = idText(id);
		const known = hashes.get(text);
		if (known === undefined) hashes.set(text, { id, hashes: [chain.hashAt(number)] });
		else known.hashes.push(chain.hashAt(number));
	}
	const authors: AuthorSummary[] = [];
	for (const { id, hashes: own } of hashes.values()) {
		const digest = sha256(concat(...own)).subarray(0, prefixLength);
		authors.push({ id, count: own.length, digest });
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

/** The first 8 bytes of the hashes of what these authors issued since the checkpoint, in order. */
export function prefixesBy(chain: Chain, authors: readonly Uint8Array[]): Uint8Array[] {
	const wanted = new Set(authors.map(idText));
	const prefixes: Uint8Array[] = [];
	for (let number = 0; number < chain.length; number += 1) {
		if (!chain.isLive(number) || !wanted.has(idText(chain.authorAt(number)))) continue;
		prefixes.push(chain.hashAt(number).subarray(0, prefixLength));
	}
	return prefixes;
}
