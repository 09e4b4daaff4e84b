import {
	Code,
	decodeContent,
	decodeMessage,
	encodeContent,
	encodeMessage,
	type Message,
	MessageError,
	MessageType,
	OptionNumber,
	pathOptions,
	recogniseOptions,
	stringOption,
	stringValues,
	uintOption,
	uintValue
} from "../../../modules/coap/coap.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { counter, empty } from "./network.js";

const { Confirmable, NonConfirmable, Acknowledgement, Reset } = MessageType;
const text = (value: string) => stringOption(0, value).value;

/** RFC 7252 appendix A, figures 16 to 25: the messages and their bytes. */
const examples: readonly [string, Message, string][] = [
	[
		"figure 16: a GET",
		{
			type: Confirmable,
			code: Code.Get,
			id: 0x7d34,
			token: empty,
			options: pathOptions("/temperature"),
			payload: empty
		},
		"4001 7d34 bb 74656d7065726174757265"
	],
	[
		"figure 16: its piggybacked response",
		{
			type: Acknowledgement,
			code: Code.Content,
			id: 0x7d34,
			token: empty,
			options: [],
			payload: text("22.3 C")
		},
		"6045 7d34 ff 32322e332043"
	],
	[
		"figure 17: a GET with a token",
		{
			type: Confirmable,
			code: Code.Get,
			id: 0x7d35,
			token: bytes("20"),
			options: pathOptions("/temperature"),
			payload: empty
		},
		"4101 7d35 20 bb 74656d7065726174757265"
	],
	[
		"figure 17: its piggybacked response",
		{
			type: Acknowledgement,
			code: Code.Content,
			id: 0x7d35,
			token: bytes("20"),
			options: [],
			payload: text("22.3 C")
		},
		"6145 7d35 20 ff 32322e332043"
	],
	[
		"figure 20: an empty acknowledgement",
		{ type: Acknowledgement, code: Code.Empty, id: 0x7d38, token: empty, options: [], payload: empty },
		"6000 7d38"
	],
	[
		"figure 20: a separate response",
		{
			type: Confirmable,
			code: Code.Content,
			id: 0xad7b,
			token: bytes("53"),
			options: [],
			payload: text("22.3 C")
		},
		"4145 ad7b 53 ff 32322e332043"
	],
	[
		"figure 22: a Reset",
		{ type: Reset, code: Code.Empty, id: 0xad7c, token: empty, options: [], payload: empty },
		"7000 ad7c"
	],
	[
		"figure 24: a non-confirmable GET",
		{
			type: NonConfirmable,
			code: Code.Get,
			id: 0x7d40,
			token: bytes("75"),
			options: pathOptions("/temperature"),
			payload: empty
		},
		"5101 7d40 75 bb 74656d7065726174757265"
	]
];

const rich: Message = {
	type: Confirmable,
	code: Code.Fetch,
	id: 0x1234,
	token: bytes("0102030405060708"),
	options: [
		{ number: OptionNumber.ETag, value: bytes("aabbccdd") },
		...pathOptions("/a/bc"),
		stringOption(OptionNumber.UriPath, "x".repeat(12)),
		stringOption(OptionNumber.UriPath, "y".repeat(13)),
		stringOption(OptionNumber.UriQuery, "q=1"),
		{ number: OptionNumber.ProxyUri, value: new Uint8Array(300) },
		{ number: OptionNumber.RequestTag, value: bytes("07") },
		{ number: 65000, value: empty },
		{ number: 65535, value: new Uint8Array(269) }
	],
	payload: bytes("ff00ff")
};

function refused(datagram: string, message: string): MessageError {
	return throws(() => decodeMessage(bytes(datagram)), MessageError, message);
}

export default suite("coap: messages", {
	"the examples of RFC 7252 appendix A are written byte for byte": () => {
		for (const [name, message, expected] of examples) {
			equal(hex(encodeMessage(message)), hex(bytes(expected)), name);
			equal(decodeMessage(bytes(expected)), message, name);
		}
	},
	"a message with every size of option comes back as it was": () => {
		equal(decodeMessage(encodeMessage(rich)), rich);
	},
	"option deltas and lengths change their form at 13 and at 269": () => {
		for (const number of [0, 1, 12, 13, 14, 268, 269, 270, 65535]) {
			for (const length of [0, 1, 12, 13, 268, 269, 1000]) {
				const options = [{ number, value: new Uint8Array(length) }];
				const extra = (value: number) => (value < 13 ? 0 : value < 269 ? 1 : 2);
				const content = encodeContent(options, empty);
				equal(content.length, 1 + extra(number) + extra(length) + length, `${number} with ${length}`);
				equal(decodeContent(content).options, options);
			}
		}
	},
	"options given in any order are written by number, and equal numbers keep their order": () => {
		const options = [
			uintOption(OptionNumber.Accept, 60),
			...pathOptions("/b/a"),
			uintOption(OptionNumber.Observe, 0)
		];
		const { options: decoded } = decodeContent(encodeContent(options, empty));
		equal(
			decoded.map(({ number }) => number),
			[6, 11, 11, 17]
		);
		equal(stringValues(decoded, OptionNumber.UriPath), ["b", "a"]);
	},
	"integers take as few bytes as they need, and leading zeros are read": () => {
		const forms: [number, string][] = [
			[0, ""],
			[1, "01"],
			[255, "ff"],
			[256, "0100"],
			[65536, "010000"],
			[0xffffffff, "ffffffff"]
		];
		for (const [value, form] of forms) {
			equal(hex(uintOption(1, value).value), form);
			equal(uintValue(bytes(form)), value);
		}
		equal(uintValue(bytes("000001")), 1);
		throws(() => uintOption(60, 2 ** 32), MessageError);
		throws(() => uintOption(60, -1), MessageError);
		throws(() => uintOption(60, 1.5), MessageError);
	},
	"a datagram too short for a header, or of another version, is nobody's to answer": () => {
		for (const short of ["", "40", "4001", "400100"]) equal(refused(short, "no message").type, undefined);
		for (const version of ["00010001", "80010001", "c0010001"])
			equal(refused(version, "version").id, undefined);
	},
	"a damaged confirmable message still tells its type and id": () => {
		for (const [datagram, message] of [
			["49 01 1234 000000000000000000", "token length 9"],
			["4f 01 1234", "token length 15"],
			["44 01 1234 0000", "token is cut off"],
			["40 01 1234 ff", "without a payload"],
			["40 01 1234 f0", "nibble 15"],
			["40 01 1234 0f", "nibble 15"],
			["40 01 1234 b5 61", "cut off"],
			["40 01 1234 d0", "cut off"],
			["40 01 1234 e0 00", "cut off"],
			["40 01 1234 0e ff", "cut off"],
			["40 01 1234 e0 ffff", "over 65535"],
			[`40 01 1234 ${"00".repeat(25)}`, "more than 24 options"],
			["40 01 1234 e0 fef2 10", "over 65535"],
			["40 20 1234", "reserved class 1"],
			["40 60 1234", "reserved class 3"],
			["40 c0 1234", "reserved class 6"],
			["40 e1 1234", "reserved class 7"],
			["41 00 1234 00", "empty message with content"],
			["40 00 1234 00", "empty message with content"],
			["40 00 1234 ff00", "empty message with content"]
		]) {
			const error = refused(datagram ?? "", message ?? "");
			equal([error.type, error.id], [Confirmable, 0x1234], datagram);
		}
		equal(refused("60 01 1234", "request in an Ack").type, Acknowledgement);
		equal(refused("70 01 1234", "Reset with a code").type, Reset);
		equal(refused("50 00 1234", "without a code").type, NonConfirmable);
	},
	"24 options are taken": () => {
		equal(decodeMessage(bytes(`4001 1234 ${"00".repeat(24)}`)).options.length, 24);
	},
	"the largest option number is 65535": () => {
		equal(decodeMessage(bytes("4001 1234 e0 fef2")).options[0]?.number, 65535);
	},
	"what cannot be written is refused": () => {
		const get: Message = {
			type: Confirmable,
			code: Code.Get,
			id: 1,
			token: empty,
			options: [],
			payload: empty
		};
		throws(() => encodeMessage({ ...get, token: new Uint8Array(9) }), MessageError, "token");
		throws(() => encodeMessage({ ...get, id: 65536 }), MessageError, "id");
		throws(() => encodeMessage({ ...get, code: 256 }), MessageError, "code");
		throws(() => encodeMessage({ ...get, code: Code.Empty, payload: bytes("00") }), MessageError, "empty");
		throws(() => encodeMessage({ ...get, type: Reset }), MessageError, "Reset");
		throws(
			() => encodeMessage({ ...get, options: [{ number: 65536, value: empty }] }),
			MessageError,
			"65536"
		);
		throws(() => encodeMessage({ ...get, options: [{ number: -1, value: empty }] }), MessageError, "-1");
		const long = [{ number: 1, value: new Uint8Array(65805) }];
		throws(() => encodeMessage({ ...get, options: long }), MessageError, "too long");
	},
	"every truncation is a message or a MessageError": () => {
		const whole = encodeMessage(rich);
		for (let length = 0; length < whole.length; length += 1) decodesOrRefuses(whole.subarray(0, length));
	},
	"every flipped bit is a message or a MessageError": () => {
		const whole = encodeMessage(rich);
		for (let bit = 0; bit < whole.length * 8; bit += 1) {
			const damaged = whole.slice();
			damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			decodesOrRefuses(damaged);
		}
	},
	"random bytes are a message or a MessageError, and a message is written as one that reads the same": () => {
		const random = counter(5);
		let decoded = 0;
		for (let i = 0; i < 2000; i += 1) {
			const noise = random(4 + (i % 40));
			noise[0] = 0x40 | ((noise[0] ?? 0) & 0x33);
			noise[1] = (noise[1] ?? 0) & 0x47;
			if (decodesOrRefuses(noise)) decoded += 1;
		}
		ok(decoded > 100, "some are messages");
	},
	"unknown critical options are refused and unknown elective ones kept": () => {
		const unknown = (number: number) => ({ number, value: bytes("00") });
		equal(recogniseOptions([unknown(2049)]).refused, 2049);
		equal(recogniseOptions([unknown(2048)]), { options: [unknown(2048)], refused: undefined });
	},
	"an option of a wrong length is treated as unknown": () => {
		const path = pathOptions("/a");
		const badObserve = { number: OptionNumber.Observe, value: new Uint8Array(4) };
		equal(recogniseOptions([badObserve, ...path]), { options: path, refused: undefined });
		const wrong: [number, number][] = [
			[OptionNumber.UriHost, 0],
			[OptionNumber.IfMatch, 9],
			[OptionNumber.IfNoneMatch, 1],
			[OptionNumber.UriPort, 3],
			[OptionNumber.UriPath, 256],
			[OptionNumber.Accept, 3],
			[OptionNumber.Block1, 4],
			[OptionNumber.Block2, 4],
			[OptionNumber.ProxyUri, 1035]
		];
		for (const [number, length] of wrong) {
			equal(recogniseOptions([{ number, value: new Uint8Array(length) }]).refused, number);
			const definitionEdge = [
				{ number, value: new Uint8Array(number === OptionNumber.UriHost ? 1 : length - 1) }
			];
			equal(recogniseOptions(definitionEdge).refused, undefined, `edge of ${number}`);
		}
	},
	"of an option that may not repeat, the first counts and the others are unknown": () => {
		const formats = [uintOption(OptionNumber.ContentFormat, 60), uintOption(OptionNumber.ContentFormat, 50)];
		equal(recogniseOptions(formats).options, formats.slice(0, 1));
		const accepts = [uintOption(OptionNumber.Accept, 60), uintOption(OptionNumber.Accept, 60)];
		equal(recogniseOptions(accepts).refused, OptionNumber.Accept);
	}
});

/** Whether it decoded; throws when something other than a MessageError came out. */
function decodesOrRefuses(datagram: Uint8Array): boolean {
	let message: Message;
	try {
		message = decodeMessage(datagram);
	} catch (error) {
		if (error instanceof MessageError) return false;
		throw error;
	}
	equal(decodeMessage(encodeMessage(message)), message, "read again");
	return true;
}
