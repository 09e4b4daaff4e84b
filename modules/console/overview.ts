import { toHex } from "../bytes/bytes.js";
import { type Chain, Rank } from "../chain/chain.js";
import { typeName } from "../devices/devices.js";
import { addressText, grantsText, type Node, nameOf, particulars } from "../node/node.js";
import { roomHint } from "../store/store.js";
import { agoText, type Machine, machineLines } from "./machine.js";
import type { Screen } from "./screen.js";

/** Most members of whom `status` says when they were heard: those last heard; `members` says it of all. */
const heardLimit = 8;

export interface OverviewOptions {
	readonly node: Node;
	readonly port: number;
	readonly machine: Machine;
	readonly screen: Screen;
}

/** This node and its machine at a glance. */
export function showStatus({ node, port, machine, screen }: OverviewOptions): void {
	const { identity, chain, suite } = node;
	let known = 0;
	for (const member of chain.members.roster) if (node.addressOf(member) !== undefined) known += 1;
	const { version, line } = machine;
	screen.line(
		`node     ${identity.name} (${typeName(identity.type)}), id ${identity.idText}, port ${port}, version ${version}`
	);
	screen.line(
		`home     ${toHex(identity.home)}, suite ${suite.name}${suite.warning && ` - ${suite.warning}`}`
	);
	const { goneSponsor, doubter } = node;
	const others = goneSponsor === undefined ? "" : ` with ${goneSponsor}`;
	const doubted = doubter === undefined ? "" : `; ${doubter} does not take this node for a member`;
	const out = goneSponsor === undefined && !node.isOut ? doubted : `; out of the home${others}`;
	const controls = line === undefined ? "no line is set for it" : `on line ${line}`;
	screen.line(`device   ${typeName(identity.type)}, ${controls}`);
	screen.line(`state    ${node.device.state}${node.isRemoved ? "; removed from the home" : out}`);
	const { copy } = node;
	if (copy !== undefined)
		screen.line(
			`copy     ${copy.place} is ${identity.name} too, heard ${agoText(copy.age)}: "reset" one of the two`
		);
	screen.line(
		`chain    ${liveBlocks(chain)} blocks, room for ${chain.roomOf(identity.id)} of this node, digest ${toHex(chain.digest.subarray(0, 8))}`
	);
	screen.line(
		`members  ${chain.members.size}; ${known} with a known address, ${node.sessions} authenticated here`
	);
	const heard = node
		.latestHeard(heardLimit)
		.map(({ id, ago }) => `${nameOf(id, chain.members)} ${agoText(ago)}`);
	screen.line(`heard    ${heard.join(", ") || "nobody since the start"}`);
	for (const line of machineLines(machine)) screen.line(line);
	const { values, writes, fault } = node.flash;
	const refused = fault === undefined ? "" : `; it refuses more (${fault})${roomHint(fault)}`;
	screen.line(`flash    ${values} values, ${writes} writes since start${refused}`);
}

/** Who is in the home, a line each: with a place, when it was heard, and what it may. */
export function* memberPieces({ node, screen }: OverviewOptions): Generator<void, void, undefined> {
	for (const member of node.chain.members.roster) {
		const address = node.addressOf(member);
		const isOwn = member.idText === node.identity.idText;
		const where = isOwn ? "this node" : address && addressText(address);
		const ago = node.heardAgo(member);
		const heard = isOwn
			? ""
			: `, ${ago === undefined ? "not heard since the start" : `heard ${agoText(ago)}`}`;
		const frozen = member.isFrozen ? "; two keys claim to be it" : "";
		const granted = grantsText(node.chain, member);
		const may = granted === undefined ? "" : `; may ${granted}`;
		const { directory } = node.chain.members;
		const label = directory.label(member);
		const isPlain = label === member.name && member.rank === Rank.member;
		const what = isPlain ? typeName(member.type) : particulars(node.chain, member);
		screen.own(
			`${directory.shortId(member.idText)}  ${label} (${what})  ${where ?? "address not known"}${heard}${may}${frozen}`
		);
		yield;
	}
}

/** The base and what counts since. */
function liveBlocks(chain: Chain): number {
	let count = 1;
	for (let number = 0; number < chain.length; number += 1) if (chain.isLive(number)) count += 1;
	return count;
}
