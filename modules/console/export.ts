import { toHex } from "../bytes/bytes.js";
import { type CborValue, isArray, isMap } from "../cbor/cbor.js";
import { type Block, bodyToCbor, type Chain, Kind, kindNumber } from "../chain/chain.js";

type Json = null | boolean | number | string | Json[];

/**
 * Block `number` as JSON, on one line, with all that a stranger needs to verify it: `cose` is the block as it is
 * signed and sent, everything else is what stands in it (bytes in hexadecimal). A checkpoint has its `table` as well.
 */
export function exportBlock(chain: Chain, number: number): string {
	const block = chain.blockAt(number);
	return JSON.stringify({
		number,
		hash: toHex(block.hash),
		parents: block.parents.map(toHex),
		home: toHex(block.home),
		author: toHex(block.author),
		sequence: block.sequence,
		time: block.time,
		kind: kindNumber(block.body),
		body: toJson(bodyToCbor(block.body)),
		cose: toHex(block.cose),
		...tableOf(chain, block)
	});
}

/** The table that a checkpoint stands for. */
function tableOf(chain: Chain, { body }: Block): { readonly table?: string } {
	const table = body.kind === Kind.checkpoint ? chain.bundle?.table : undefined;
	return table === undefined ? {} : { table: toHex(table) };
}

/** Bytes as hexadecimal text; a map as a list of pairs, since its keys can be anything. */
function toJson(value: CborValue): Json {
	if (value === undefined) return null;
	if (value instanceof Uint8Array) return toHex(value);
	if (isArray(value)) return value.map(toJson);
	if (isMap(value)) return [...value].map(([key, item]) => [toJson(key), toJson(item)]);
	return value;
}
