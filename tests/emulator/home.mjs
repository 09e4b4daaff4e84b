import assert from "node:assert/strict";
import { House } from "./house.mjs";
import { Image } from "./image.mjs";

/**
 * How the image was built, where it does not ask for the Wi-Fi: `mcconfig ... ssid=testnet password=secret123 "buttonTask=lamp toggle"`, and the pins of
 * hosts/pico/manifest.json.
 */
export const built = Object.freeze({ ssid: "testnet", password: "secret123", button: 14, led: 15, line: 16 });

export const password = "correct horse";
export const pin = "2580";
export const ready = /ready ([0-9a-f]{32}) [^\n]*\n/;
export const online = /\* the network is there/;

const questions =
	/(Name of the Wi-Fi|Password of "|first node of a new home|Name of this node|Type \(|Password of the home|same password once more|same PIN once more|PIN \(|Genesis message|Type group)/;

let image;

/** The image that `PICO_UF2` names. */
export function theImage() {
	image ??= new Image(process.env.PICO_UF2);
	return image;
}

/** A house whose boards run the image that `PICO_UF2` names. */
export function openHouse(options = {}) {
	return new House({ image: theImage(), ...built, ...options });
}

/** What of that image is flashed. */
export function imageParts() {
	return theImage().parts;
}

/** A board with the image's button and lamp, and power. */
export function powerOn(house, name, options = {}) {
	const board = house.board(name, { buttons: [built.button], outputs: [built.line, built.led], ...options });
	return board.powerOn();
}

/**
 * A person at the console answers whatever the board asks, until it is ready, or prints `end`; after a power cut it asks
 * for less. Throws when that takes longer than `milliseconds`; gives up when `isGone`. Returns when the last answer was
 * typed, in milliseconds of the house.
 */
export async function answer(
	board,
	{ isFirst = false, name, type, secret = password, end = ready, milliseconds = 60_000, isGone = () => false }
) {
	const either = new RegExp(`${questions.source}|${end.source}`);
	let typed = board.now / 1e6;
	for (;;) {
		const [, question] = await board.waitFor(either, milliseconds, isGone);
		if (question === undefined) return typed;
		typed = board.now / 1e6;
		if (question.startsWith("Name of the Wi-Fi")) board.type(built.ssid);
		else if (question.startsWith('Password of "')) board.type(built.password);
		else if (question.startsWith("first")) board.type(isFirst ? "y" : "n");
		else if (question.startsWith("Name")) board.type(name);
		else if (question.startsWith("Type group")) board.type(recoveryGroup(board));
		else if (question.startsWith("Type")) board.type(type);
		else if (/password/i.test(question)) board.type(secret);
		else if (question.includes("PIN")) board.type(pin);
		else board.type("begun in an emulator");
	}
}

/** The part of the recovery key that a board asks back. */
function recoveryGroup({ output }) {
	const [paper] = /\b[0-9A-Z]{5}(?: [0-9A-Z]{5}){10}\b/.exec(output);
	const [, group] = /Type group (\d+)/.exec(output);
	return paper.split(" ")[group - 1];
}

/** What `status` prints of a node. */
export async function statusOf(board) {
	const [text] = await board.ask("status", /chain +\d+ blocks[\s\S]*memory [^\n]*\n/);
	const number = pattern => Number(pattern.exec(text)[1]);
	return {
		blocks: number(/chain +(\d+) blocks/),
		digest: /digest ([0-9a-f]{16})/.exec(text)[1],
		members: number(/members +(\d+)/),
		slots: { used: number(/slots (\d+) of/), size: number(/slots \d+ of (\d+)/) },
		chunks: { used: number(/chunks (\d+) of/), size: number(/chunks \d+ of (\d+)/) },
		freeFlash: number(/; (\d+) KB of flash free/)
	};
}

/** KB of XS's memory that `status` calls in use, garbage included. */
export function memoryOf({ slots, chunks }) {
	return slots.used + chunks.used;
}

/** Waits until all have that many blocks and one digest. */
export function agree(boards, blocks) {
	return agreeAs(boards, new RegExp(`chain +${blocks} blocks[^\\n]*digest ([0-9a-f]{16})`));
}

/** Waits until all know that many members, and have one digest: a home that had a checkpoint has fewer blocks than members. */
export function agreeOnMembers(boards, members) {
	return agreeAs(boards, new RegExp(`digest ([0-9a-f]{16})[^\\n]*\\n+members +${members};`));
}

async function agreeAs(boards, pattern) {
	const digests = new Set();
	for (const board of boards) {
		const [, digest] = await board.until("status", pattern);
		digests.add(digest);
	}
	assert.equal(digests.size, 1, `digests ${[...digests].join(", ")}`);
}

/** The first moment after `since` (milliseconds of the house) at which a pin took on another level. */
export async function edgeAfter(house, board, pin, since, milliseconds) {
	const found = () => board.edges.find(edge => edge.pin === pin && edge.at >= since);
	const isThere = await house.run(milliseconds, () => found() !== undefined);
	assert.ok(
		isThere,
		`no edge at pin ${pin} of ${board.name} in ${milliseconds} ms:\n${house.boards.map(each => each.report()).join("\n\n")}`
	);
	return found().at;
}

/** What C has used of the boards' memory; hosts/pico/faults.c sets the limit of its stack. */
export function addMemoryOfC(figures, boards) {
	for (const { most } of boards) {
		figures.most("C stack, most of any board, bytes of 12,288", most.stack, 11_264);
		figures.most("C heap, XS's memory in it, most of any board, bytes", most.heap);
	}
}

/** Milliseconds that no turn of a board's loop may take, whatever is asked of it: a press meanwhile is seen late. */
export const standstillLimit = 450;

/** No board has restarted by itself, or stood still for `limit` milliseconds since it was first switched on. */
export function assertCalm(boards, { restarts = 0, limit = standstillLimit } = {}) {
	for (const { name, restarts: count, output, standstill } of boards) {
		assert.equal(count, restarts, `${name} restarted by itself:\n${output.slice(-3000)}`);
		assert.ok(standstill < limit, `${name} stood still for ${standstill} ms:\n${output.slice(-3000)}`);
	}
}
