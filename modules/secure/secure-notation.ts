import { decode, encode, isBytes, isInteger } from "../cbor/cbor.js";
import { idLength } from "../chain/chain.js";
import { MessageError, type Notation } from "../node/node.js";
import { blocksQuery, comparison, delivery, hashes } from "./block-forms.js";
import { form } from "./cbor-forms.js";
import { taskReply, taskRequest } from "./task-forms.js";

/**
 * The messages of a secure home, in CBOR: an action, a state in one byte each, so that lengths do not tell lock from
 * unlock; rows of hashes and addresses as byte strings.
 */
export const secureNotation: Notation = Object.freeze<Notation>({
	taskRequest,
	taskReply,
	blocksQuery,
	comparison,
	hashes,
	delivery,
	place: form<Uint8Array>(
		id => encode(id),
		payload => {
			const id = decode(payload);
			if (!isBytes(id, idLength)) throw new MessageError("not an id");
			return id;
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
