import { BytesError, fromHex, toHex } from "../bytes/bytes.js";
import { anchorsLimit, idLength, isIdText, prefixLength } from "../chain/chain.js";
import { isAction, type State, states } from "../devices/devices.js";
import {
	addressText,
	authorsLimit,
	type BlocksQuery,
	batchLimit,
	type Comparison,
	coveredLimit,
	type Delivery,
	type Form,
	isBundle,
	MessageError,
	type Notation,
	type PeerPlace,
	Prefixes,
	parseAddress,
	placesLimit,
	type Summary,
	type TaskRequest
} from "../node/node.js";
import {
	countField,
	type Message,
	messageText,
	parseMessage,
	textField,
	textsField
} from "./paper-message.js";

/** Most hashes in one message. */
const hashesLimit = 512;

/** The paper's messages: JSON objects that say what they are, bytes in hexadecimal. */
export const paperNotation: Notation = Object.freeze({
	taskRequest: form<TaskRequest>(
		({ action, hint }) => ({ request: "task", action, chain: toHex(hint) }),
		message => {
			const action = textField(message, "action");
			if (!isAction(action)) throw new MessageError(`no action "${action.slice(0, 16)}"`);
			return { action, hint: hexField(message, "chain"), stamp: undefined };
		}
	),
	taskReply: form<State>(
		state => ({ reply: "task", state }),
		message => {
			const state = states.find(known => known === message.state);
			if (state === undefined) throw new MessageError("it names no state");
			return state;
		}
	),
	blocksQuery: form<BlocksQuery>(
		(query): Message => {
			const request = "block";
			if ("want" in query) return { request, want: query.want.map(toHex).join("") };
			if ("authors" in query) return { request, authors: query.authors.map(toHex).join("") };
			if ("checkpoint" in query) return { request, checkpoint: true };
			return { request, digest: toHex(query.digest), peers: query.peers.map(placeText) };
		},
		message => {
			if (message.want !== undefined) return { want: partsField(message, "want", batchLimit) };
			if (message.authors !== undefined) return { authors: idsField(message, "authors", authorsLimit) };
			if (message.checkpoint === true) return { checkpoint: true };
			return { digest: hexField(message, "digest"), peers: placesField(message) };
		}
	),
	comparison: form<Comparison>(
		({ digest, authority, summary, covered, peers }) => ({
			reply: "blocks",
			digest: toHex(digest),
			authority: toHex(authority),
			...(summary === undefined ? {} : summaryFields(summary)),
			...(covered.count === 0 ? {} : { covered: toHex(covered.row) }),
			peers: peers.map(placeText)
		}),
		message => ({
			digest: hexField(message, "digest"),
			authority: hexField(message, "authority"),
			summary: message.hash === undefined ? undefined : readSummary(message),
			covered: new Prefixes(
				message.covered === undefined ? new Uint8Array(0) : rowField(message, "covered", coveredLimit)
			),
			peers: placesField(message)
		})
	),
	hashes: form<Prefixes>(
		({ row }) => ({ reply: "blocks", hashes: toHex(row) }),
		message => new Prefixes(rowField(message, "hashes", hashesLimit))
	),
	delivery: form<Delivery>(
		(delivery): Message =>
			isBundle(delivery)
				? {
						reply: "checkpoint",
						checkpoint: toHex(delivery.checkpoint),
						table: toHex(delivery.table),
						anchors: delivery.anchors.map(toHex)
					}
				: { reply: "blocks", blocks: delivery.map(toHex) },
		(message): Delivery =>
			message.checkpoint === undefined
				? blocksField(message, "blocks", batchLimit)
				: {
						checkpoint: hexField(message, "checkpoint"),
						table: hexField(message, "table"),
						anchors: blocksField(message, "anchors", anchorsLimit)
					}
	),
	place: form<Uint8Array>(
		id => ({ request: "place", node: toHex(id) }),
		message => {
			const id = hexField(message, "node");
			if (id.length !== idLength) throw new MessageError("not an id");
			return id;
		}
	),
	taken: form<number>(
		taken => ({ reply: "blocks", taken }),
		({ taken }) => {
			if (typeof taken !== "number") throw new MessageError('"taken" is not a number');
			return taken;
		}
	)
});

function form<T>(toMessage: (value: T) => Message, fromMessage: (message: Message) => T): Form<T> {
	return Object.freeze({
		write: (value: T) => messageText(toMessage(value)),
		read: (payload: Uint8Array) => fromMessage(parseMessage(payload))
	});
}

/** Throws a MessageError for what is not hexadecimal. */
function hexBytes(text: string, what: string): Uint8Array {
	try {
		return fromHex(text);
	} catch (error) {
		if (!(error instanceof BytesError)) throw error;
		throw new MessageError(`the ${what} is not hexadecimal`);
	}
}

function hexField(message: Message, field: string): Uint8Array {
	return hexBytes(textField(message, field), field);
}

/** A row of parts of `length` bytes. */
function rowField(message: Message, field: string, limit: number, length = prefixLength): Uint8Array {
	const row = hexField(message, field);
	if (row.length % length !== 0) throw new MessageError(`"${field}" is cut off`);
	if (row.length > limit * length) throw new MessageError(`"${field}" is too long`);
	return row;
}

function partsField(message: Message, field: string, limit: number): Uint8Array[] {
	return [...new Prefixes(rowField(message, field, limit))];
}

function idsField(message: Message, field: string, limit: number): Uint8Array[] {
	const row = rowField(message, field, limit, idLength);
	return Array.from({ length: row.length / idLength }, (_, number) =>
		row.subarray(number * idLength, (number + 1) * idLength)
	);
}

function blocksField(message: Message, field: string, limit: number): Uint8Array[] {
	return textsField(message, field, limit).map(text => hexBytes(text, "block"));
}

function summaryFields({ base, authors }: Summary): Message {
	const texts = authors.map(({ id, count, digest }) => `${toHex(id)}:${count}:${toHex(digest)}`);
	const { era, opening, number, hash } = base;
	return { era, opening: toHex(opening), number, hash: toHex(hash), authors: texts };
}

function readSummary(message: Message): Summary {
	const [era, number] = [countField(message, "era"), countField(message, "number")];
	const authors = textsField(message, "authors", authorsLimit).map(text => {
		const [, id = "", count = "", digest = ""] =
			/^([0-9a-f]{32}):([0-9]{1,5}):([0-9a-f]{32})$/.exec(text) ?? [];
		if (id === "") throw new MessageError("not an author");
		return { id: fromHex(id), count: Number(count), digest: fromHex(digest) };
	});
	const base = { era, opening: hexField(message, "opening"), number, hash: hexField(message, "hash") };
	return { base, authors };
}

function placeText({ id, address }: PeerPlace): string {
	return `${toHex(id)}@${addressText(address)}`;
}

/** What cannot be read of the addresses is left out: they are hints. */
function placesField(message: Message): PeerPlace[] {
	const places: PeerPlace[] = [];
	for (const text of textsField(message, "peers", placesLimit)) {
		const [idText = "", where = ""] = text.split("@");
		const address = parseAddress(where);
		if (address === undefined || !isIdText(idText)) continue;
		places.push({ id: fromHex(idText), address });
	}
	return places;
}
