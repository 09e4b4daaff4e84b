/** As much of CoAP as a client needs, written anew: what is measured is not also the ruler. */

export const Code = { get: 0x01, post: 0x02, content: 0x45, changed: 0x44 };

/** Bytes of the tokens, as a node's own; where they and the message id stand. */
export const tokenLength = 4;
export const offsets = { id: 2, token: 4 };

const uriPath = 11;
const oscore = 9;
const echoOption = 252;

/** A confirmable request; its message id and token are zero and left to the sender. `echo`: a challenge of 12 bytes. */
export function request(code, path, payload = "", echo = undefined) {
	const parts = [Buffer.from([0x40 | tokenLength, code, 0, 0]), Buffer.alloc(tokenLength)];
	let last = 0;
	for (const segment of path.split("/").filter(part => part !== "")) {
		if (segment.length > 12) throw new RangeError("a segment of more than 12 bytes");
		parts.push(Buffer.from([((uriPath - last) << 4) | segment.length]), Buffer.from(segment));
		last = uriPath;
	}
	if (echo !== undefined) parts.push(Buffer.from([0xdc, echoOption - last - 13]), echo);
	if (payload !== "") parts.push(Buffer.from([0xff]), Buffer.from(payload));
	return Buffer.concat(parts);
}

/** A message's code, Uri-Path, payload and challenge, and whether it is sealed by OSCORE. */
export function parse(datagram) {
	let at = 4 + (datagram[0] & 15);
	let option = 0;
	let sealed = false;
	let echo;
	const path = [];
	const extended = nibble => {
		if (nibble < 13) return nibble;
		if (nibble === 13) return 13 + datagram[at++];
		at += 2;
		return 269 + datagram.readUInt16BE(at - 2);
	};
	while (at < datagram.length && datagram[at] !== 0xff) {
		const head = datagram[at++];
		option += extended(head >> 4);
		const length = extended(head & 15);
		if (option === oscore) sealed = true;
		if (option === echoOption) echo = datagram.subarray(at, at + length);
		if (option === uriPath) path.push(datagram.toString("latin1", at, at + length));
		at += length;
	}
	const payload = datagram.toString("latin1", at + 1);
	return { code: datagram[1], path: `/${path.join("/")}`, payload, sealed, echo };
}
