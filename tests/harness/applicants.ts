import { tagLength } from "../../modules/chain/chain.js";
import { type Applicant, applicantOf } from "../../modules/node/node.js";
import { statementTag } from "../../modules/secure/sync-messages.js";
import type { TestNode } from "./blocks.js";

/** What a node says of itself to a sponsor. `era`: the era's id. `sharedKey`: of the exchange, where there is one. */
export function testApplicant(
	era: Uint8Array,
	name: string,
	node: TestNode,
	sponsor: Uint8Array,
	sharedKey?: Uint8Array,
	number = 0
): Applicant {
	const { privateKey, key: publicKey } = node;
	const tag = sharedKey === undefined ? new Uint8Array(tagLength) : statementTag(sharedKey);
	return applicantOf({ name, type: 0, publicKey, privateKey }, { era, number, sponsor }, tag);
}
