/**
 * Datagrams to fuzz a node with: any bytes, CoAP of all kinds, what the protocols begin with, and what was heard between
 * honest members, replayed, reordered and damaged. The same dice make the same choices; what was heard is up to time.
 */
import { createECDH } from "node:crypto";
import * as cborg from "cborg";
import { generate, parse } from "coap-packet";

/** How many of the datagrams that were heard are kept. */
const memory = 400;
const paths = [
	["sync"],
	[".well-known", "edhoc"],
	[".well-known", "core"],
	["tasks"],
	["blocks"],
	["record"],
	["auth"],
	[],
	[""]
];
const codes = ["0.01", "0.02", "0.03", "0.04", "0.05", "0.06", "0.07", "0.31"];
const answers = [
	"0.00",
	"2.04",
	"2.05",
	"2.31",
	"4.00",
	"4.01",
	"4.02",
	"4.08",
	"4.13",
	"5.00",
	"5.03",
	"7.31"
];
const formats = [0, 40, 50, 60, 64, 65, 255, 65_535];
/** Numbers of options with a meaning, and others. */
const numbers = [
	1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 20, 23, 27, 28, 35, 39, 60, 252, 292, 2049, 65_535
];
const control = Buffer.from("\u001b[2J\u001b]0;x\u0007\u202e\u200b\r\n");

export class Datagrams {
	/** How many of each kind were made. */
	kinds = new Map();
	#dice;
	/** What was heard: `{ bytes, from, to }`. */
	#heard = [];
	#heardCount = 0;
	/** The Echo options (RFC 9175) that strangers were given, each its own. */
	#echoes = new Map();
	/** The stranger for whom a datagram is being made. */
	#stranger = 0;
	/** Points on the curve, uncompressed. */
	#points;
	/** Node ids, 16 bytes each, which are known to be members'. */
	#ids;

	/** `ids`: those of members. */
	constructor(dice, ids = []) {
		this.#dice = dice;
		this.#ids = ids;
		this.#points = Array.from({ length: 16 }, () => {
			const curve = createECDH("prime256v1");
			// Below the order of the group.
			curve.setPrivateKey(Buffer.concat([Buffer.from([0, 1]), this.#bytes(30)]));
			return curve.getPublicKey();
		});
	}

	/** Keeps a datagram to be replayed and damaged. */
	hear(datagram) {
		if (this.#heard.length < memory) this.#heard.push(datagram);
		// The first ones stay longer: they hold the joins and the handshakes.
		else this.#heard[(memory >> 2) + (this.#heardCount % (memory - (memory >> 2)))] = datagram;
		this.#heardCount += 1;
	}

	/** Learns from what a node has answered a stranger. */
	learn(bytes, stranger) {
		try {
			const echo = parse(bytes).options.find(({ name }) => name === "252");
			if (echo !== undefined) this.#echoes.set(stranger, echo.value);
		} catch {
			// Not a message: nothing to learn.
		}
	}

	/** The next: bytes, and as whom to send them: a member whose own port is `from`, or a stranger of that number. */
	next(to, strangers) {
		const kind = this.#pick(kinds);
		this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
		this.#stranger = this.#below(strangers);
		const made = this[kind](to) ?? this.raw();
		return made.from === undefined ? { bytes: made.bytes, stranger: this.#stranger } : made;
	}

	raw() {
		const size = this.#roll(50) ? this.#below(1400) : this.#below(64);
		return { bytes: this.#bytes(size) };
	}

	/** A header that is right, and any bytes after it. */
	headed() {
		const head = [
			0x40 | (this.#below(4) << 4) | this.#below(9),
			this.#below(256),
			this.#below(256),
			this.#below(256)
		];
		return { bytes: Buffer.from([...head, ...this.#bytes(this.#below(40))]) };
	}

	/** A request or an answer with options of any kind. */
	coap() {
		const isAnswer = this.#roll(4);
		const options = [...this.#path(), ...this.#options()];
		return { bytes: this.#message({ code: this.#pick(isAnswer ? answers : codes), options }) };
	}

	/** A piece of a large body (RFC 7959), of transfers that go on and on. */
	block() {
		const number = this.#roll(3) ? this.#below(1 << 20) : this.#below(6);
		const value = (number << 4) | (this.#below(2) << 3) | this.#below(8);
		const name = this.#roll(2) ? "27" : "23";
		const options = [...this.#path(), { name, value: uint(value) }];
		if (this.#roll(2)) options.push({ name: "60", value: uint(this.#below(3000)) });
		if (this.#roll(3)) options.push({ name: "292", value: this.#bytes(this.#below(9)) });
		const payload = this.#bytes(this.#roll(2) ? 16 << (value & 7) : this.#below(1100)).subarray(0, 1100);
		return { bytes: this.#message({ code: this.#pick(codes), options, payload }) };
	}

	observe() {
		const options = [...this.#path(), { name: "6", value: uint(this.#below(3)) }];
		return { bytes: this.#message({ code: this.#pick(["0.01", "0.05"]), options }) };
	}

	/** Sealed for nobody: the option as it should be (RFC 8613 section 6.1), and with a member's id or none. */
	oscore() {
		const piv = this.#bytes(this.#below(6));
		const hasKid = !this.#roll(4);
		const context = this.#roll(3) ? this.#bytes(this.#below(20)) : undefined;
		const flags =
			(piv.length & 7) | (hasKid ? 8 : 0) | (context === undefined ? 0 : 16) | (this.#roll(10) ? 224 : 0);
		const kid = this.#roll(2) && this.#ids.length > 0 ? this.#pick(this.#ids) : this.#bytes(this.#below(9));
		const value = Buffer.from([
			flags,
			...piv,
			...(context === undefined ? [] : [context.length, ...context]),
			...(hasKid ? kid : [])
		]);
		const options = [
			{ name: "9", value: this.#roll(20) ? Buffer.alloc(0) : value },
			...(this.#roll(5) ? this.#path() : [])
		];
		return { bytes: this.#message({ code: this.#pick(["0.02", "0.05", "2.04", "4.01"]), options }) };
	}

	/** The share of someone who would join, on the curve for the most part, or the confirmation of it. */
	sync() {
		const text = this.#roll(3) ? control : this.#bytes(this.#below(90));
		const values = this.#roll(2) ? [this.#point(65)] : [this.#bytes(32), text];
		return this.#protocol(["sync"], this.#items([values]));
	}

	/** EDHOC's message_1 and message_3 (RFC 9528), and error messages. */
	edhoc() {
		const identifier = this.#roll(2) ? this.#below(48) - 24 : this.#bytes(this.#below(10));
		const first = [
			true,
			this.#below(5),
			this.#pick([2, 2, 2, 6, [6, 2], [2, 2]]),
			this.#point(65).subarray(1, 33)
		];
		const values = this.#pick([
			[...first, identifier],
			[...first, identifier, this.#below(8), this.#bytes(this.#below(30))],
			[identifier, this.#bytes(this.#below(120))],
			[identifier, this.#below(4), control.toString()]
		]);
		return this.#protocol([".well-known", "edhoc"], this.#items(values));
	}

	/** A block that nobody signed, or anything else, in the clear. */
	clear() {
		if (this.#roll(2)) return this.#protocol(this.#pick(paths), this.#bytes(this.#below(12)));
		const block = cborg.encode([this.#bytes(4), new Map(), this.#bytes(this.#below(90)), this.#bytes(64)]);
		return this.#protocol(this.#pick([["blocks"], ["record"], ["tasks"]]), block);
	}

	/** What was heard between members, again: as it was, damaged, from another, or as a part of something else. */
	replayed(to) {
		const heard = this.#latest();
		if (heard === undefined) return undefined;
		return this.#roll(2) ? { bytes: heard.bytes, from: heard.from, to } : { bytes: heard.bytes };
	}

	damaged(to) {
		const heard = this.#latest();
		if (heard === undefined) return undefined;
		let { bytes } = heard;
		for (let times = 1 + this.#below(3); times > 0; times -= 1) bytes = this.#damage(bytes);
		return this.#roll(2) ? { bytes, from: heard.from, to } : { bytes };
	}

	/** What was heard under another header, with another token or another id, or other options besides. */
	changed(to) {
		const heard = this.#latest();
		if (heard === undefined) return undefined;
		try {
			const packet = parse(heard.bytes);
			const id = this.#roll(2) ? this.#below(65_536) : (packet.messageId + this.#below(4)) & 0xffff;
			const token = this.#roll(2) ? packet.token : this.#bytes(this.#below(9));
			const options = this.#roll(2) ? packet.options : [...packet.options, ...this.#options()];
			const code = this.#roll(3) ? this.#pick([...codes, ...answers]) : packet.code;
			const bytes = this.#message({ code, options, payload: packet.payload, id, token });
			return this.#roll(2) ? { bytes, from: heard.from, to } : { bytes };
		} catch {
			return { bytes: heard.bytes };
		}
	}

	/** An answer, a reset or an acknowledgement that nobody may give but a member, under ids that come soon. */
	forged(to) {
		const heard = this.#latest();
		if (heard === undefined || heard.bytes.length < 4) return undefined;
		const id = (heard.bytes.readUInt16BE(2) + this.#below(5)) & 0xffff;
		const token = heard.bytes.subarray(4, 4 + Math.min(8, heard.bytes[0] & 15));
		const type = this.#below(3);
		const bytes = this.#message({
			code: type === 0 ? "0.00" : this.#pick(answers),
			options: [],
			id,
			token,
			type: 2 + (type & 1)
		});
		return { bytes, from: heard.from, to };
	}

	/** As `damaged` does, for a datagram between members while it is under way. */
	spoilt(bytes) {
		return this.#roll(8) ? this.#damage(bytes) : bytes;
	}

	#latest() {
		if (this.#heard.length === 0) return undefined;
		return this.#pick(this.#heard);
	}

	#protocol(segments, payload) {
		const options = segments.map(segment => ({ name: "11", value: Buffer.from(segment) }));
		if (this.#roll(2)) options.push({ name: "12", value: uint(this.#pick(formats)) });
		// Whoever shows that it is where it says gets further.
		if (this.#roll(2) && this.#echoes.length > 0)
			options.push({ name: "252", value: this.#pick(this.#echoes) });
		return {
			bytes: this.#message({ code: this.#roll(8) ? this.#pick(codes) : "0.02", options, payload, type: 0 })
		};
	}

	/** Values one after the other in CBOR, now and then damaged. */
	#items(values) {
		const bytes = Buffer.concat(values.map(value => cborg.encode(value)));
		return this.#roll(4) ? this.#damage(bytes) : bytes;
	}

	#point(size) {
		const point = Buffer.from(this.#pick(this.#points));
		if (this.#roll(6)) point[1 + this.#below(64)] ^= 1 << this.#below(8);
		return this.#roll(12) ? this.#bytes(this.#below(size + 8)) : point;
	}

	#path() {
		return this.#pick(paths).map(segment => ({ name: "11", value: Buffer.from(segment) }));
	}

	#options() {
		return Array.from({ length: this.#below(this.#roll(20) ? 70 : 4) }, () => ({
			name: String(this.#roll(4) ? this.#below(65_536) : this.#pick(numbers)),
			value: this.#roll(10) ? control : this.#bytes(this.#below(this.#roll(10) ? 300 : 6))
		}));
	}

	#message({
		code,
		options,
		payload = undefined,
		id = this.#below(65_536),
		token = undefined,
		type = this.#below(4)
	}) {
		const packet = {
			confirmable: type === 0,
			ack: type === 2,
			reset: type === 3,
			code,
			messageId: id,
			token: token ?? this.#bytes(this.#below(9)),
			options: code === "0.00" ? [] : options.map(option => ({ ...option, name: nameOf(option) })),
			payload: Buffer.from(payload ?? (this.#roll(2) ? this.#bytes(this.#below(50)) : ""))
		};
		if (code === "0.00" && !this.#roll(4)) return Buffer.from([0x40 | (type << 4), 0, id >> 8, id & 255]);
		return generate(packet, 65_000);
	}

	#damage(bytes) {
		const at = this.#below(Math.max(1, bytes.length));
		const parts = Buffer.from(bytes);
		switch (this.#below(6)) {
			case 0:
				if (parts.length > 0) parts[at] ^= 1 << this.#below(8);
				return parts;
			case 1:
				if (parts.length > 0) parts[at] = this.#below(256);
				return parts;
			case 2:
				return parts.subarray(0, at);
			case 3:
				return Buffer.concat([parts.subarray(0, at), this.#bytes(1 + this.#below(8)), parts.subarray(at)]);
			case 4:
				return Buffer.concat([parts.subarray(0, at), parts.subarray(at + 1 + this.#below(4))]);
			default: {
				// The beginning of one and the end of another.
				const other = this.#latest()?.bytes ?? parts;
				return Buffer.concat([parts.subarray(0, at), other.subarray(this.#below(other.length + 1))]);
			}
		}
	}

	#below(limit) {
		return Math.floor(this.#dice.roll() * limit);
	}

	/** True once in `count` times. */
	#roll(count) {
		return this.#below(count) === 0;
	}

	#pick(list) {
		return this.#dice.pick(list);
	}

	#bytes(size) {
		return Buffer.from(Array.from({ length: size }, () => this.#below(256)));
	}
}

const kinds = [
	"raw",
	"headed",
	"coap",
	"block",
	"observe",
	"oscore",
	"oscore",
	"sync",
	"edhoc",
	"clear",
	"replayed",
	"damaged",
	"damaged",
	"changed",
	"forged"
];

/** Numbers stay as they are: coap-packet's names are for people. */
function nameOf({ name }) {
	return String(name);
}

function uint(value) {
	const bytes = [];
	for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
	return Buffer.from(bytes);
}
