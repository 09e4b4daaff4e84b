/** What a thief of an owner's key says, and what the person at a console does about it. */
import path from "node:path";
import { rotateProof } from "../../build/js/modules/chain/chain.js";
import { plainRow, Roster } from "../../build/js/modules/chain/roster.js";
import { derivePublicKey, signEs256 } from "../../build/js/modules/crypto/crypto.js";
import { randomPrivateKey } from "../../build/js/modules/node/node.js";
import { Kind } from "./insider.mjs";

export function newKey() {
	return randomPrivateKey(count => crypto.getRandomValues(new Uint8Array(count)));
}

/** Brings a node something that it takes, where it has not come by another way before; again while it takes in others'. */
export async function brought(insider, node, delivery, tries = 20) {
	const taken = await insider.bring(node, delivery);
	if (typeof taken === "number") return;
	if (tries === 0 || !/being taken in/.test(taken.message)) throw taken;
	await new Promise(resolve => setTimeout(resolve, 200));
	await brought(insider, node, delivery, tries - 1);
}

/** A checkpoint by the thief, with other rows than an honest one has; without those of which `change` makes nothing. */
export function forgedRows(thief, change) {
	const { id: author, privateKey } = thief.identity;
	if (thief.chain.bundle === undefined) thief.chain.issueCheckpoint({ author, privateKey, time: null });
	return thief.forgeBase(table => {
		const members = new Roster();
		for (const row of table.members) {
			const changed = change({ ...plainRow(row), isOwner: row.isOwner });
			if (changed !== undefined) members.put(changed);
		}
		return { ...table, members };
	});
}

/** A new key by the thief of an owner's first, under the base that he knows: as if that owner had said nothing on it. */
export function rotateBy(thief, privateKey = newKey()) {
	const { era, base } = thief.chain;
	const key = derivePublicKey(privateKey);
	const proof = signEs256(privateKey, rotateProof({ era, author: thief.identity.id, turn: 1, key }));
	const end = { base: base.hash.slice(0, 16), number: base.number, lastTaking: 0 };
	return thief.block({ kind: Kind.rotate, key, proof, ...end }, { turn: 1 });
}

/** With the paper; each question whether somebody stays is answered with yes. Returns what was asked. */
export async function recover(node, paper, stolen, outcome) {
	await node.ask(`recover ${path.basename(node.data)}`, /Recovery key/);
	await node.ask(paper, /is to be put out\?/);
	const asked = [];
	let answer = stolen;
	do {
		const [text] = await node.ask(answer, /[^\n]*(?:to stay|Go on)\? \(y\/n\)/);
		asked.push(text);
		answer = "y";
	} while (!/Go on/.test(asked.at(-1)));
	await node.ask("y", outcome);
	node.type("n");
	return asked;
}

export async function checkpoint(owner, nodes, number) {
	await owner.ask("checkpoint", /\(y\/n\)/);
	await owner.ask("y", new RegExp(`Checkpoint ${number} is made`));
	for (const node of nodes) await node.until("chain", new RegExp(`base checkpoint ${number} `));
}

export async function removeAt(owner, name) {
	await owner.ask(`remove ${name}`, /\(y\/n\)/);
	await owner.ask("y", new RegExp(`${name} is removed\\.\\n`));
	owner.type("n");
}
