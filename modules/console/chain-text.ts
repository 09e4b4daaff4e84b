import { fromHex, toHex } from "../bytes/bytes.js";
import { type Block, type Chain, type DemandBody, type Evidence, idText, Kind } from "../chain/chain.js";
import { typeName } from "../devices/devices.js";
import { givenName, nameOf, permissionText, scopeText } from "../node/node.js";
import type { Screen } from "./screen.js";

/** A block as people read it: number, time, what, by whom. */
export function blockLine(chain: Chain, number: number): string {
	const block = chain.blockAt(number);
	const isVoid = !chain.isLive(number) || (block.body.kind === Kind.add && !chain.isAdmission(number));
	const effect = isVoid ? "  (without effect)" : "";
	return `${String(number).padStart(3)}  ${timeText(block.time)}  ${summary(block, chain)}${effect}`;
}

/** The base as people read it; undefined where none is here. */
export function baseLine(chain: Chain): string | undefined {
	const { base, genesis } = chain;
	if (base === undefined) return undefined;
	const era = base.era === 0 ? "" : `era ${base.era}, opened with the recovery key`;
	if (base.number > 0) return `checkpoint ${base.number} (${shortHash(base.hash)})${era && ` of ${era}`}`;
	if (era !== "") return era;
	return genesis && `${givenName(chain, genesis)} (${typeName(genesis.types[0] ?? 0)}) founded the home`;
}

/** Shows the chain, a line at a time. */
export function* chainPieces(screen: Screen, chain: Chain): Generator<void, void, undefined> {
	const base = baseLine(chain);
	if (base !== undefined) screen.own(`base ${base}`);
	for (let number = 0; number < chain.length; number += 1) {
		screen.own(blockLine(chain, number));
		yield;
	}
	for (const evidence of chain.evidence) screen.own(evidenceLine(chain, evidence));
	for (const { body } of chain.notReissued) {
		if (body.kind === Kind.grant)
			screen.own(`  !  gone with the base before; grant it again: ${permissionText(body, chain.members)}`);
	}
	if (chain.alarm) screen.own("  !  a checkpoint says otherwise than this node's blocks: see SECURITY.md");
}

/** Two blocks of one author under one sequence, as people read it. */
export function evidenceLine(chain: Chain, { author, sequence, hashes, isRotate }: Evidence): string {
	const who = nameOf(fromHex(author), chain.members);
	const [first, second] = hashes.map(shortHash);
	const what = isRotate
		? "took two new keys at once: nothing that it gives counts until it is removed, or the recovery key is used"
		: "issued two blocks at once, and both count: was it restored from a backup?";
	return `  !  ${who} ${what} (${first} and ${second}, number ${sequence})`;
}

/** The author's clock, in UTC; a dash when it had none, or one that cannot be. */
export function timeText(time: number | null): string {
	const latest = 253_402_300_799; // the end of the year 9999
	if (time === null || time > latest) return "-".padEnd(20);
	return new Date(time * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

function summary(block: Block, chain: Chain): string {
	const { members } = chain;
	const { body } = block;
	const author = nameOf(block.author, members);
	const name = (id: Uint8Array) => nameOf(id, members);
	switch (body.kind) {
		case Kind.genesis:
			return `${givenName(chain, body)} (${typesText(body.types)}) founded the home`;
		case Kind.add:
			return `${author} ${body.sponsor === null ? "admitted" : "confirmed"} ${givenName(chain, body)} (${typesText(body.types)})`;
		case Kind.remove:
			return `${author} removed ${body.ids.map(name).join(", ")}`;
		case Kind.rotate:
			return `${author} took a new key`;
		case Kind.grant:
			return `${author} let ${permissionText(body, members)}`;
		case Kind.withdraw:
			return `${author} forbade ${permissionText(body, members)}`;
		case Kind.confirm:
			return `${author} confirmed ${name(body.id)}`;
		case Kind.describe:
			return `${author} calls itself ${members.directory.labelAs(body.name, idText(block.author))} (${typesText(body.types)})`;
		case Kind.demand:
			return `${author} demands of ${scopeText(body, members)}: ${demandText(body)}`;
		case Kind.waive:
			return `${author} demands nothing of ${scopeText(body, members)} any more`;
		case Kind.checkpoint:
			return `${author} made checkpoint ${body.number}`;
		case Kind.opening:
			return `the recovery key opened era ${body.era}`;
		case undefined:
			return `${author} issued a block of unknown kind ${body.number}`;
	}
}

function demandText({ asksTwo, autoLock }: DemandBody): string {
	const asks = [
		asksTwo ? "two members to unlock" : "",
		autoLock === null ? "" : `to lock after ${autoLock} s`
	];
	return asks.filter(text => text !== "").join(", ") || "nothing";
}

function typesText(types: Uint8Array): string {
	return [...types].map(typeName).join(", ");
}

/** The hash as people compare it: its first 8 digits. */
export function shortHash(hash: Uint8Array): string {
	return toHex(hash.subarray(0, 4));
}
