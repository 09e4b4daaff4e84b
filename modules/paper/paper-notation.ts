import { BytesError, fromHex, toHex } from "../bytes/bytes.js";
import { idLength } from "../chain/chain.js";
import { isAction, type State, states } from "../devices/devices.js";
import {
	addressText,
	type BlocksQuery,
	batchLimit,
	type Comparison,
	type Form,
	MessageError,
	type Notation,
	type PeerPlace,
	parseAddress,
	placesLimit,
	prefixLength,
	type TaskRequest
} from "../node/node.js";
import { type Message, messageText, parseMessage, textField, textsField } from "./paper-message.js";

/** The paper's messages: JSON objects that say what they are, bytes in hexadecimal. */
export const paperNotation: Notation = Object.freeze({
	taskRequest: form<TaskRequest>(
		({ action, hint }) => ({ request: "task", action, chain: toHex(hint) }),
		message => {
			const action = textField(message, "action");
			if (!isAction(action)) throw new MessageError(`no action "${action.slice(0, 16)}"`);
			return { action, hint: hexField(message, "chain") };
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
		(query): Message =>
			"want" in query
				? { request: "block", want: query.want.map(toHex).join("") }
				: { request: "block", digest: toHex(query.digest), peers: query.peers.map(placeText) },
		message =>
			message.want === undefined
				? { digest: hexField(message, "digest"), peers: placesField(message) }
				: { want: prefixesField(message, "want") }
	),
	comparison: form<Comparison>(
		({ digest, hashes, peers }) => ({
			reply: "blocks",
			digest: toHex(digest),
			...(hashes === undefined ? {} : { hashes: hashes.map(toHex).join("") }),
			peers: peers.map(placeText)
		}),
		message => ({
			digest: hexField(message, "digest"),
			hashes: message.hashes === undefined ? undefined : prefixesField(message, "hashes"),
			peers: placesField(message)
		})
	),
	blocks: form<readonly Uint8Array[]>(
		blocks => ({ reply: "blocks", blocks: blocks.map(toHex) }),
		message => textsField(message, "blocks", batchLimit).map(text => hexBytes(text, "block"))
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

function prefixesField(message: Message, field: string): Uint8Array[] {
	const row = hexField(message, field);
	if (row.length % prefixLength !== 0) throw new MessageError("the hashes are cut off");
	const prefixes: Uint8Array[] = [];
	for (let at = 0; at < row.length; at += prefixLength) prefixes.push(row.slice(at, at + prefixLength));
	return prefixes;
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
		if (address === undefined || !/^[0-9a-f]{16}$/.test(idText)) continue;
		const id = fromHex(idText);
		if (id.length === idLength) places.push({ id, address });
	}
	return places;
}
