import { actions, type State, states } from "../devices/devices.js";
import { type Form, MessageError, restEnd, type TaskRequest, type TaskStamp } from "../node/node.js";

/** Head of a byte string of 4 bytes in CBOR. */
const FOUR_BYTES = 0x44;
/** Where the hint and the stamp stand, with their heads before them. */
const HINT = 2;
const STAMP = 7;
const LENGTH = 11;

const noStamp: TaskStamp = Object.freeze({ ask: 0, rest: 0, isRepeated: false });

/**
 * A CBOR sequence (RFC 8742) of the action's number, the hint, and the stamp: the ask's number, then its rest with the
 * highest bit set when it is repeated, 2 bytes each. Written and read byte by byte: it is as long whatever it says,
 * deterministic CBOR has one way to write it, and our general codec takes a board 5 ms of the 40 that a press may take.
 */
export const taskRequest: Form<TaskRequest> = Object.freeze({
	write({ action, hint, stamp = noStamp }: TaskRequest): Uint8Array {
		const { ask, rest, isRepeated } = stamp;
		const last = rest + (isRepeated ? restEnd : 0);
		const bytes = new Uint8Array(LENGTH);
		bytes[0] = actions.indexOf(action);
		bytes[HINT - 1] = FOUR_BYTES;
		bytes.set(hint, HINT);
		bytes[STAMP - 1] = FOUR_BYTES;
		bytes[STAMP] = ask >> 8;
		bytes[STAMP + 1] = ask & 255;
		bytes[STAMP + 2] = last >> 8;
		bytes[STAMP + 3] = last & 255;
		return bytes;
	},
	read(payload: Uint8Array): TaskRequest {
		if (payload.length !== LENGTH || payload[HINT - 1] !== FOUR_BYTES || payload[STAMP - 1] !== FOUR_BYTES) {
			throw new MessageError("not a task");
		}
		const action = actions[payload[0] ?? actions.length];
		if (action === undefined) throw new MessageError("no such action");
		const [a = 0, b = 0, c = 0, d = 0] = payload.subarray(STAMP);
		const last = c * 256 + d;
		const stamp = { ask: a * 256 + b, rest: last % restEnd, isRepeated: last >= restEnd };
		return { action, hint: payload.slice(HINT, STAMP - 1), stamp };
	}
});

/** The state's number, one byte of CBOR. */
export const taskReply: Form<State> = Object.freeze({
	write(state: State): Uint8Array {
		return Uint8Array.of(states.indexOf(state));
	},
	read(payload: Uint8Array): State {
		const state = payload.length === 1 ? states[payload[0] ?? states.length] : undefined;
		if (state === undefined) throw new MessageError("no such state");
		return state;
	}
});
