import { concat } from "../bytes/bytes.js";
import {
	CborError,
	type CborValue,
	decode,
	decodeSequence,
	encode,
	encodeSequence,
	isArray,
	isBytes,
	isInteger
} from "../cbor/cbor.js";
import { idLength } from "../chain/chain.js";
import { actions, type State, states } from "../devices/devices.js";
import {
	type BlocksQuery,
	batchLimit,
	type Comparison,
	type Form,
	MessageError,
	type Notation,
	type PeerPlace,
	placesLimit,
	prefixLength,
	type TaskRequest
} from "../node/node.js";

/** Bytes of a place: node id, IPv4 address, port. */
const placeLength = idLength + 6;
const hintLength = 4;
const digestLength = 32;

/**
 * The messages of a secure home, in CBOR: an action, a state in one byte each, so that lengths do not tell lock from
 * unlock; rows of hashes and addresses as byte strings.
 */
export const secureNotation: Notation = Object.freeze<Notation>({
	taskRequest: form<TaskRequest>(
		({ action, hint }) => encodeSequence([actions.indexOf(action), hint]),
		payload => {
			const [number, hint] = decodeSequence(payload);
			const action = isInteger(number, 0) ? actions[number] : undefined;
			if (action === undefined) throw new MessageError("no such action");
			if (!isBytes(hint, hintLength)) throw new MessageError("the hint is not 4 bytes");
			return { action, hint };
		}
	),
	taskReply: form<State>(
		state => encode(states.indexOf(state)),
		payload => {
			const number = decode(payload);
			const state = isInteger(number, 0) ? states[number] : undefined;
			if (state === undefined) throw new MessageError("no such state");
			return state;
		}
	),
	blocksQuery: form<BlocksQuery>(
		query => encode("want" in query ? [concat(...query.want)] : [query.digest, placesRow(query.peers)]),
		payload => {
			const items = list(decode(payload));
			if (items.length === 1) return { want: parted(items[0], prefixLength, "hashes") };
			return { digest: bytes(items[0], digestLength, "digest"), peers: places(items[1]) };
		}
	),
	comparison: form<Comparison>(
		({ digest, hashes, peers }) =>
			encode([digest, hashes === undefined ? null : concat(...hashes), placesRow(peers)]),
		payload => {
			const [digest, hashes, peers] = list(decode(payload));
			return {
				digest: bytes(digest, digestLength, "digest"),
				hashes: hashes === null ? undefined : parted(hashes, prefixLength, "hashes"),
				peers: places(peers)
			};
		}
	),
	blocks: form<readonly Uint8Array[]>(
		blocks => encode([...blocks]),
		payload => {
			const items = list(decode(payload));
			if (items.length > batchLimit) throw new MessageError("too many blocks");
			return items.map(item => {
				if (!isBytes(item)) throw new MessageError("a block is not a byte string");
				return item;
			});
		}
	),
	taken: form<number>(
		taken => encode(taken),
		payload => {
			const taken = decode(payload);
			if (!isInteger(taken, 0)) throw new MessageError("not a count");
			return taken;
		}
	)
});

/** What CBOR refuses is no message. */
function form<T>(write: (value: T) => Uint8Array, read: (payload: Uint8Array) => T): Form<T> {
	return Object.freeze({
		write,
		read(payload: Uint8Array): T {
			try {
				return read(payload);
			} catch (error) {
				if (!(error instanceof CborError)) throw error;
				throw new MessageError(`not a message: ${error.message}`);
			}
		}
	});
}

function list(value: CborValue): readonly CborValue[] {
	if (!isArray(value)) throw new MessageError("not a list");
	return value;
}

function bytes(value: CborValue, length: number, what: string): Uint8Array {
	if (!isBytes(value, length)) throw new MessageError(`the ${what} has not ${length} bytes`);
	return value;
}

function parted(row: CborValue, length: number, what: string): Uint8Array[] {
	if (!isBytes(row) || row.length % length !== 0) throw new MessageError(`the ${what} are cut off`);
	const parts: Uint8Array[] = [];
	for (let at = 0; at < row.length; at += length) parts.push(row.slice(at, at + length));
	return parts;
}

function placesRow(peers: readonly PeerPlace[]): Uint8Array {
	return concat(
		...peers.map(({ id, address: { host, port } }) =>
			concat(id, Uint8Array.from(host.split("."), Number), Uint8Array.of(port >> 8, port & 255))
		)
	);
}

function places(row: CborValue): PeerPlace[] {
	const parts = parted(row, placeLength, "addresses");
	if (parts.length > placesLimit) throw new MessageError("too many addresses");
	return parts.map(part => ({
		id: part.slice(0, idLength),
		address: {
			host: part.subarray(idLength, idLength + 4).join("."),
			port: part[idLength + 4] * 256 + part[idLength + 5]
		}
	}));
}
