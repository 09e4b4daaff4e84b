import { type Bundle, type Chain, Kind, signBlock } from "../../modules/chain/chain.js";
import { hashOfTable, partsOfTable, type Table } from "../../modules/chain/table.js";
import { encodeTable } from "../../modules/chain/table-format.js";
import { decodeTable } from "../../modules/chain/table-reader.js";
import { ok } from "./assert.js";
import type { Story } from "./chain-story.js";

/**
 * A checkpoint on the base that rules on `chain`, which says what it likes: `change` of the table that an honest one would have. `number`: where
 * it is not the next.
 */
export function forgedBase(
	story: Story,
	chain: Chain,
	options: { signer: string; number?: number; change?: (table: Table) => Partial<Table> }
): Bundle {
	const { signer, change = () => ({}) } = options;
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
	const { id: author, privateKey } = story.node(signer);
	const place = {
		era: chain.era,
		previous: base.hash.slice(0, 16),
		author,
		turn: 0,
		sequence: 0,
		time: null
	};
	const body = { kind: Kind.checkpoint, era, opening, number, hash } as const;
	return { ...bundle, checkpoint: signBlock({ ...place, body }, privateKey).cose, table };
}
