import { type Bundle, type Chain, Kind, signBlock } from "../../modules/chain/chain.js";
import { hashOfTable, partsOfTable, type Table } from "../../modules/chain/table.js";
import { encodeTable } from "../../modules/chain/table-format.js";
import { decodeTable } from "../../modules/chain/table-reader.js";
import { ok } from "./assert.js";
import { testNode } from "./blocks.js";
import type { Story } from "./chain-story.js";

/**
 * A checkpoint on the base that rules on `chain`, which says what it likes: `change` of the table that an honest one would have. `number`: where
 * it is not the next. `key`: the signer's new key, the first after the opening's, by its name.
 */
export function forgedBase(
	story: Story,
	chain: Chain,
	options: { signer: string; number?: number; key?: string; change?: (table: Table) => Partial<Table> }
): Bundle {
	const { signer, key, change = () => ({}) } = options;
	const honest = story.copy(chain);
	story.checkpoint(honest, signer);
	const { bundle } = honest;
	const { base } = chain;
	ok(bundle !== undefined && base !== undefined);
	const said = decodeTable(bundle.table);
	const table = encodeTable({ ...said, ...change(said) });
	const hash = hashOfTable(partsOfTable(table, decodeTable(table)));
	const { opening, era } = base;
	const number = options.number ?? base.number + 1;
	const { id: author } = story.node(signer);
	const { privateKey } = key === undefined ? story.node(signer) : testNode(key);
	const place = {
		era: chain.era,
		previous: base.hash.slice(0, 16),
		author,
		turn: key === undefined ? 0 : 1,
		sequence: 0,
		time: null
	};
	const body = { kind: Kind.checkpoint, era, opening, number, hash } as const;
	return { ...bundle, checkpoint: signBlock({ ...place, body }, privateKey).cose, table };
}
