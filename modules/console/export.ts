import { equalBytes, toHex } from "../bytes/bytes.js";
import { type CborValue, isArray, isMap } from "../cbor/cbor.js";
import { Block, type Bundle, bodyToCbor, type Chain, kindNumber } from "../chain/chain.js";
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
	let before = "[";
	for (const part of baseParts(chain)) {
		yield part;
		before = ",";
	}
	for (let number = 0; number < chain.length; number += 1) {
		if (!chain.isLive(number)) continue;
		yield `${before}${blockJson(chain.blockAt(number))}`;
		before = ",";
	}
	yield before === "[" ? "[]" : "]";
}

/** By itself, so that its table does not take room any more while the rest is written. */
function* baseParts(chain: Chain): Generator<string, void, undefined> {
	const { genesisBlock, openingBlock } = chain;
	if (genesisBlock !== undefined) yield `[${blockJson(genesisBlock)}`;
	const isBase =
		openingBlock !== undefined && equalBytes(openingBlock.hash, chain.base?.hash ?? openingBlock.hash);
	if (openingBlock !== undefined && !isBase) yield `,${blockJson(openingBlock)}`;
	const base = baseOf(chain);
	if (base === undefined) return;
	yield `,${blockJson(new Block(base.checkpoint)).slice(0, -1)},"table":"`;
	const { table } = base;
	for (let at = 0; at < table.length; at += tablePart) yield toHex(table.subarray(at, at + tablePart));
	yield '"}';
}

/** Without what else a peer would get. */
function baseOf({ bundle }: Chain): Pick<Bundle, "checkpoint" | "table"> | undefined {
	return bundle && { checkpoint: bundle.checkpoint, table: bundle.table };
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
