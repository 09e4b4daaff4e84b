import { decode, decodeSequence, encode, encodeSequence, isBytes, isInteger } from "../cbor/cbor.js";
import { actions, type State, states } from "../devices/devices.js";
import { MessageError, type Notation, type TaskRequest } from "../node/node.js";
import { blocksQuery, comparison, delivery, hashes } from "./block-forms.js";
import { form } from "./cbor-forms.js";

const hintLength = 4;

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
