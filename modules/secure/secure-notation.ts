import { decode, decodeSequence, encode, encodeSequence, isBytes, isInteger } from "../cbor/cbor.js";
import { actions, type State, states } from "../devices/devices.js";
import { MessageError, type Notation, restEnd, type TaskRequest, type TaskStamp } from "../node/node.js";
import { blocksQuery, comparison, delivery, hashes } from "./block-forms.js";
import { form } from "./cbor-forms.js";

const hintLength = 4;
/** The ask's number, then its rest with the highest bit set when it is repeated; 2 bytes each. */
const stampLength = 4;

/**
 * The messages of a secure home, in CBOR: an action, a state in one byte each, so that lengths do not tell lock from
 * unlock; rows of hashes and addresses as byte strings.
 */
export const secureNotation: Notation = Object.freeze<Notation>({
	taskRequest: form<TaskRequest>(
		({ action, hint, stamp }) =>
			encodeSequence([actions.indexOf(action), hint, writeStamp(stamp ?? noStamp)]),
		payload => {
			const [number, hint, stamp] = decodeSequence(payload);
			const action = isInteger(number, 0) ? actions[number] : undefined;
			if (action === undefined) throw new MessageError("no such action");
			if (!isBytes(hint, hintLength)) throw new MessageError("the hint is not 4 bytes");
			if (!isBytes(stamp, stampLength)) throw new MessageError("the stamp is not 4 bytes");
			return { action, hint, stamp: readStamp(stamp) };
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
	blocksQuery,
	comparison,
	hashes,
	delivery,
	taken: form<number>(
		taken => encode(taken),
		payload => {
			const taken = decode(payload);
			if (!isInteger(taken, 0)) throw new MessageError("not a count");
			return taken;
		}
	)
});

const noStamp: TaskStamp = Object.freeze({ ask: 0, rest: 0, isRepeated: false });

function writeStamp({ ask, rest, isRepeated }: TaskStamp): Uint8Array {
	const last = rest + (isRepeated ? restEnd : 0);
	return Uint8Array.of(ask >> 8, ask & 255, last >> 8, last & 255);
}

function readStamp(stamp: Uint8Array): TaskStamp {
	const [a = 0, b = 0, c = 0, d = 0] = stamp;
	const last = c * 256 + d;
	return { ask: a * 256 + b, rest: last % restEnd, isRepeated: last >= restEnd };
}
