/**
 * Our CoAP messages against those of the npm package coap-packet, which shares no code with them. What one writes, the
 * other writes and reads; and of all bytes, we take exactly those that coap-packet takes and that RFC 7252 does not
 * want refused, for a reason that stands in `refusals`. `FUZZ_SEED` repeats a run, `FUZZ_RUNS` makes it longer.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { generate, parse } from "coap-packet";
import fc from "fast-check";
import { decodeMessage, encodeMessage, MessageError } from "../../build/js/modules/coap/coap.js";
import { anyBytes, damaged, holds, outcome } from "./bytes.mjs";

const [confirmable, nonConfirmable, acknowledgement, reset] = [0, 1, 2, 3];
const largest = 0x20000;

/**
 * Why bytes are no message that we take, though coap-packet reads them as `packet`: the section, and whether it applies.
 * Nothing in a message can be written in two ways (the extended bytes of 3.1 begin where the nibble ends), so what
 * coap-packet writes otherwise than it was read was not all there.
 */
const refusals = {
	"RFC 7252 3: token lengths 9 to 15 are reserved": bytes => (bytes[0] & 15) > 8,
	"RFC 7252 3: a token or an option that is cut off, or a payload marker without a payload": (
		bytes,
		packet
	) => !generate(packet, largest).equals(bytes),
	"RFC 7252 3: code classes but 0, 2, 4 and 5 are reserved": bytes => ![0, 2, 4, 5].includes(bytes[1] >> 5),
	"RFC 7252 4.3: a non-confirmable message is not empty": bytes =>
		typeOf(bytes) === nonConfirmable && bytes[1] === 0,
	"RFC 7252 4.2: a Reset is empty": bytes => typeOf(bytes) === reset && bytes[1] !== 0,
	"RFC 7252 4.2: an Acknowledgement carries a response or is empty": bytes =>
		typeOf(bytes) === acknowledgement && bytes[1] !== 0 && bytes[1] >> 5 === 0,
	"RFC 7252 12.2: option numbers end at 65535": (_bytes, { options }) =>
		options.some(option => numberOf(option) > 0xffff),
	"ours: at most 24 options": (_bytes, { options }) => options.length > 24
};

/** Numbers that coap-packet shows by name, as far as names are shown here. */
const names = {
	"If-Match": 1,
	"Uri-Host": 3,
	ETag: 4,
	"If-None-Match": 5,
	Observe: 6,
	"Uri-Port": 7,
	"Location-Path": 8,
	OSCORE: 9,
	"Uri-Path": 11,
	"Content-Format": 12,
	"Max-Age": 14,
	"Uri-Query": 15,
	"Hop-Limit": 16,
	Accept: 17,
	"Q-Block1": 19,
	"Location-Query": 20,
	Block2: 23,
	Block1: 27,
	Size2: 28,
	"Q-Block2": 31,
	"Proxy-Uri": 35,
	"Proxy-Scheme": 39,
	Size1: 60,
	"No-Response": 258,
	"OCF-Accept-Content-Format-Version": 2049,
	"OCF-Content-Format-Version": 2053
};

function numberOf({ name }) {
	return names[name] ?? Number(name);
}

function typeOf(bytes) {
	return (bytes[0] >> 4) & 3;
}

/** A packet as one of our messages. */
function messageOf(packet) {
	const [kind, detail] = packet.code.split(".").map(Number);
	const type = packet.confirmable
		? confirmable
		: packet.ack
			? acknowledgement
			: packet.reset
				? reset
				: nonConfirmable;
	return {
		type,
		code: kind * 32 + detail,
		id: packet.messageId,
		token: [...packet.token],
		options: packet.options.map(option => ({ number: numberOf(option), value: [...option.value] })),
		payload: [...packet.payload]
	};
}

/** Our message, as coap-packet wants it. */
function packetOf({ type, code, id, token, options, payload }) {
	return {
		confirmable: type === confirmable,
		ack: type === acknowledgement,
		reset: type === reset,
		code: `${code >> 5}.${String(code & 31).padStart(2, "0")}`,
		messageId: id,
		token: Buffer.from(token),
		options: options.map(({ number, value }) => ({ name: String(number), value: Buffer.from(value) })),
		payload: Buffer.from(payload)
	};
}

/** With lists in place of bytes, to compare. */
function plain({ type, code, id, token, options, payload }) {
	return {
		type,
		code,
		id,
		token: [...token],
		options: options.map(({ number, value }) => ({ number, value: [...value] })),
		payload: [...payload]
	};
}

const value = fc.oneof(
	{ weight: 8, arbitrary: fc.uint8Array({ maxLength: 16 }) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 1100 }).map(size => new Uint8Array(size).fill(size)) },
	{ weight: 1, arbitrary: fc.constantFrom(12, 13, 14, 268, 269, 270).map(size => new Uint8Array(size)) }
);
const number = fc.oneof(
	fc.nat(0xffff),
	fc.nat(300),
	fc.constantFrom(...Object.values(names), 0, 12, 13, 268, 269, 281, 282, 65_535)
);
const options = fc.array(fc.record({ number, value }), { maxLength: 64 });
const code = fc.oneof(
	fc.integer({ min: 1, max: 31 }),
	...[2, 4, 5].map(kind => fc.integer({ min: 32 * kind, max: 32 * kind + 31 }))
);
const whole = fc.record({
	type: fc.constantFrom(confirmable, nonConfirmable, acknowledgement),
	code,
	id: fc.nat(0xffff),
	token: fc.uint8Array({ maxLength: 8 }),
	options,
	payload: fc.uint8Array({ maxLength: 64 })
});
const empty = fc.record({ type: fc.constantFrom(confirmable, acknowledgement, reset), id: fc.nat(0xffff) });
const message = fc.oneof(
	{
		weight: 9,
		arbitrary: whole.filter(({ type, code }) => type !== acknowledgement || code > 31)
	},
	{
		weight: 1,
		arbitrary: empty.map(({ type, id }) => ({ type, code: 0, id, token: [], options: [], payload: [] }))
	}
);

test("what we write, coap-packet writes and reads", context => {
	const agree = fc.property(message, it => {
		const bytes = encodeMessage(it);
		assert.deepEqual([...generate(packetOf(it), largest)], [...bytes]);
		const sorted = { ...it, options: it.options.toSorted((a, b) => a.number - b.number) };
		assert.deepEqual(messageOf(parse(Buffer.from(bytes))), plain(sorted));
		assert.deepEqual(plain(decodeMessage(bytes)), plain(sorted));
	});
	holds(context, agree);
});

/** Compares what both make of bytes; the name of the rule by which we refuse them alone. */
function compare(bytes) {
	const theirs = outcome(() => parse(Buffer.from(bytes)));
	const ours = outcome(() => decodeMessage(bytes));
	if (ours.error !== undefined) assert.ok(ours.error instanceof MessageError, ours.error);
	if (theirs.error !== undefined) {
		assert.ok(ours.error !== undefined, `taken by us alone: ${theirs.error}`);
		return undefined;
	}
	const refused = Object.keys(refusals).find(rule => refusals[rule](bytes, theirs.value));
	if (refused === undefined) assert.deepEqual(plain(ours.value), messageOf(theirs.value));
	else assert.ok(ours.error !== undefined, `to be refused by ${refused}`);
	return refused;
}

const header = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const start = header.map(([first, code, ...id]) => [0x40 | (first & 0x38), code, ...id]);
const manyOptions = fc
	.tuple(fc.integer({ min: 60, max: 70 }), anyBytes)
	.map(([count, rest]) => Uint8Array.from([0x40, 1, 0, 0, ...new Array(count).fill(0), ...rest]));
const longDeltas = fc
	.array(fc.tuple(fc.nat(255), fc.nat(255)), { maxLength: 5 })
	.map(deltas => Uint8Array.from([0x40, 1, 0, 0, ...deltas.flatMap(delta => [0xe0, ...delta])]));
/** One for each of `refusals`, in their order. */
const ofEach = [
	"49010000000000000000000000",
	"4001000005",
	"40600000",
	"50000000",
	"70010000",
	"60010000",
	"40010000e0fff3",
	`40010000${"00".repeat(65)}`
].map(digits => Uint8Array.from(Buffer.from(digits, "hex")));

const inputs = {
	"one of each": fc.constantFrom(...ofEach),
	"any bytes": anyBytes,
	"headers alone": start.map(head => Uint8Array.from(head)),
	"any bytes after a header": fc
		.tuple(start, anyBytes)
		.map(([head, rest]) => Uint8Array.from([...head, ...rest])),
	"messages, damaged": damaged(message.map(encodeMessage)),
	"too many options": manyOptions,
	"options of high numbers": longDeltas
};

test("of all bytes, we take what coap-packet takes and RFC 7252 does not want refused", async context => {
	const seen = new Map();
	for (const [name, input] of Object.entries(inputs)) {
		await context.test(name, inner => {
			const agree = fc.property(input, bytes => {
				const rule = compare(bytes);
				seen.set(rule, (seen.get(rule) ?? 0) + 1);
			});
			holds(inner, agree);
		});
	}
	for (const rule of Object.keys(refusals)) assert.ok(seen.has(rule), `no input was refused by ${rule}`);
});
