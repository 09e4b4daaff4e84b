import { randomBytes as random } from "node:crypto";
import { arrayBuffer } from "./bytes.mjs";

export function randomBytes(count) {
	if (!Number.isInteger(count) || count < 0 || count > 256) throw new RangeError(`count: ${count}`);
	return arrayBuffer(random(count));
}
