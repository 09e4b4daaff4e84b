import { equalBytes, toHex } from "../bytes/bytes.js";
import { type CborValue, isArray, isMap } from "../cbor/cbor.js";
import { Block, bodyToCbor, type Chain, Kind, kindNumber } from "../chain/chain.js";
import type { Screen } from "./screen.js";

type Json = null | boolean | number | string | Json[];

/** Bytes of a table in one part: as hexadecimal in one piece it would be 13 KB. */
const tablePart = 256;

/**
 * All that a stranger needs to verify what rests on the home's base, a line in parts: the genesis block, the era's opening; the
 * base with its table where it has one; then what counts since, with the owners' new keys, by author, sequence and hash.
 * `cose` is a block as it is signed and sent, everything else is what stands in it (bytes in hexadecimal).
 */
export function* exportParts(chain: Chain): Generator<string, void, undefined> {
	const { bundle } = chain;
	let before = "[";
	if (bundle === undefined) {
		if (chain.genesisBlock !== undefined) {
			yield `[${blockJson(chain.genesisBlock)}`;
			before = ",";
		}
	} else {
		for (const cose of bundle.anchors) {
			const block = new Block(cose);
			if (block.body.kind !== Kind.genesis && block.body.kind !== Kind.opening) continue;
			yield `${before}${blockJson(block)}`;
			before = ",";
		}
		const { checkpoint, table } = bundle;
		yield `${before}${blockJson(new Block(checkpoint)).slice(0, -1)},"table":"`;
		for (let at = 0; at < table.length; at += tablePart) yield toHex(table.subarray(at, at + tablePart));
		yield '"}';
		before = ",";
	}
	for (let number = 0; number < chain.length; number += 1) {
		if (!chain.isLive(number)) continue;
		yield `${before}${blockJson(chain.blockAt(number))}`;
		before = ",";
	}
	yield before === "[" ? "[]" : "]";
}

/**
 * Writes that line, part by part: a board has no room for the whole, and no time for it in one turn. What the chain says may
 * change meanwhile: then the line breaks off.
 */
export function* exportPieces(screen: Screen, chain: Chain): Generator<void, void, undefined> {
	const { digest } = chain;
	for (const part of exportParts(chain)) {
		if (!equalBytes(chain.digest, digest)) {
			screen.own("");
			screen.own('The chain has changed meanwhile: say "export" again.');
			return;
		}
		screen.part(part);
		yield;
	}
	screen.own("");
}

function blockJson(block: Block): string {
	return JSON.stringify({
		hash: toHex(block.hash),
		era: toHex(block.era),
		previous: toHex(block.previous),
		author: toHex(block.author),
		turn: block.turn,
		sequence: block.sequence,
		time: block.time,
		kind: kindNumber(block.body),
		body: toJson(bodyToCbor(block.body)),
		cose: toHex(block.cose)
	});
}

/** Bytes as hexadecimal text; a map as a list of pairs, since its keys can be anything. */
function toJson(value: CborValue): Json {
	if (value === undefined) return null;
	if (value instanceof Uint8Array) return toHex(value);
	if (isArray(value)) return value.map(toJson);
	if (isMap(value)) return [...value].map(([key, item]) => [toJson(key), toJson(item)]);
	return value;
}
