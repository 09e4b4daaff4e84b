import { concat } from "../../../modules/bytes/bytes.js";
import { runAtOnce } from "../../../modules/crypto/crypto.js";
import {
	type EadItem,
	EdhocError,
	encodeRequest,
	messageFormat,
	PeerError,
	parseRequest,
	prefixedFormat
} from "../../../modules/edhoc/edhoc.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { initiator, responder, run } from "./parties.js";

/** Each identifier and how it goes on the wire (RFC 9528, section 3.3.2). */
const identifiers: readonly (readonly [string, string])[] = [
	["00", "00"],
	["0d", "0d"],
	["17", "17"],
	["18", "4118"],
	["1f", "411f"],
	["20", "20"],
	["21", "21"],
	["37", "37"],
	["38", "4138"],
	["ff", "41ff"],
	["", "40"],
	["abcd", "42abcd"]
];

const item = (label: number, value?: Uint8Array): EadItem => ({ label, critical: false, value });
const critical = (label: number): EadItem => ({ label, critical: true });

export default [
	suite("edhoc: requests", {
		"begin with true before message_1, with C_R before the others"() {
			const message = bytes("58200102");
			equal(hex(encodeRequest({ message })), "f558200102");
			equal(parseRequest(bytes("f558200102")), { message });
			for (const [identifier, encoded] of identifiers) {
				const request = encodeRequest({ connectionId: bytes(identifier), message });
				equal(hex(request), `${encoded}58200102`);
				equal(parseRequest(request), { connectionId: bytes(identifier), message });
			}
		},
		"with another prefix, or with an identifier in a second way, are refused"() {
			const wrong = [
				"",
				"f4",
				"f6",
				"f7",
				"1818",
				"3818",
				"4100",
				"4137",
				"6100",
				"80",
				"a0",
				"58",
				"5801",
				"c000"
			];
			for (const payload of wrong) throws(() => parseRequest(bytes(payload)), EdhocError);
			throws(() => parseRequest(bytes("1900ff00")), EdhocError);
		},
		"have the content formats that are registered for them"() {
			equal([messageFormat, prefixedFormat], [64, 65]);
		},
		"carry a whole run"() {
			const a = initiator();
			const b = responder();
			const first = parseRequest(encodeRequest({ message: runAtOnce(a.begin()) }));
			equal(first.connectionId, undefined);
			const { message2, connectionId } = runAtOnce(b.answer(first.message));
			const { message3 } = runAtOnce(a.answer(message2));
			const second = parseRequest(encodeRequest({ connectionId, message: message3 }));
			equal(second.connectionId, connectionId);
			a.finish(runAtOnce(b.finish(second.message)).message4);
		}
	}),
	suite("edhoc: error messages", {
		"of the peer are told by their code, in place of any message, and change nothing"() {
			const { message1, message2, message3, message4 } = run();
			const a = initiator();
			const b = responder();
			runAtOnce(a.begin());
			runAtOnce(b.answer(message1));
			const check = (receive: (message: Uint8Array) => unknown) => {
				const errors: [string, number, string][] = [
					["01626e6f", 1, "no"],
					["0160", 1, ""],
					["0202", 2, "2"],
					["02820302", 2, "3, 2"],
					["03f5", 3, "credential"],
					["0482f6a0", 4, "code 4"],
					["20f6", -1, "code -1"]
				];
				for (const [message, code, text] of errors) {
					const error = throws(() => receive(bytes(message)), PeerError, text);
					equal([error.code, error.reply], [code, undefined]);
				}
			};
			check(message => runAtOnce(a.answer(message)));
			runAtOnce(a.answer(message2));
			check(message => a.finish(message));
			a.finish(message4);
			check(message => runAtOnce(b.finish(message)));
			runAtOnce(b.finish(message3));
		},
		"in another form are no error messages either"() {
			const a = initiator();
			runAtOnce(a.begin());
			const wrong = [
				"01",
				"0102",
				"01f5",
				"016161f6",
				"02",
				"0260",
				"0280",
				"028102",
				"02826102",
				"03",
				"03f4",
				"00"
			];
			for (const message of wrong) {
				const error = throws(() => runAtOnce(a.answer(bytes(message))), EdhocError);
				ok(!(error instanceof PeerError), message);
			}
		},
		"come to the console without control characters, and not at any length"() {
			const a = initiator();
			runAtOnce(a.begin());
			const text = throws(() => runAtOnce(a.answer(bytes("01651b5b326d0a"))), PeerError).message;
			equal(text, "the peer refused: \\u001b[2m\\u000a");
			const long = concat(bytes("0179012c"), new Uint8Array(300).fill(0x61));
			ok(throws(() => runAtOnce(a.answer(long)), PeerError).message.length < 120);
		},
		"of ours do not tell what was wrong"() {
			const a = initiator();
			runAtOnce(a.begin());
			for (const message of ["", "40", "5820", `5821${"00".repeat(33)}`]) {
				const { reply } = throws(() => runAtOnce(a.answer(bytes(message))), EdhocError);
				equal(reply, bytes("016772656675736564"));
			}
		}
	}),
	suite("edhoc: external authorization data", {
		"of every message arrives at the other side, in order, without padding"() {
			const text = bytes("0102");
			const padding = [item(0), item(0, bytes("")), item(0, bytes("ff"))];
			const result = run(
				initiator({ ead1: [item(1, text), ...padding, item(1)], ead3: [item(65536, bytes("")), ...padding] }),
				responder({ ead2: [...padding, item(7)], ead4: padding })
			);
			equal(result.ead, [
				[
					{ label: 1, critical: false, value: text },
					{ label: 1, critical: false }
				],
				[{ label: 7, critical: false }],
				[{ label: 65536, critical: false, value: bytes("") }],
				[]
			]);
		},
		"is covered by the proofs: a run with other data gives other keys"() {
			const secrets = [{}, { ead1: [item(1)] }, { ead3: [item(1)] }].map(other =>
				hex(run(initiator(other)).atInitiator.oscore().masterSecret)
			);
			equal(new Set(secrets).size, 3);
		},
		"that is critical is refused where its label is not known, and taken where it is"() {
			const sends = { ead1: [critical(5)], ead2: [critical(5)], ead3: [critical(5)], ead4: [critical(5)] };
			for (const field of ["ead1", "ead2", "ead3", "ead4"] as const) {
				const own = { [field]: sends[field] };
				throws(() => run(initiator(own), responder(own)), EdhocError, "labelled 5");
				const wrong = { ...own, recognizedEad: [4, 6] };
				throws(() => run(initiator(wrong), responder(wrong)), EdhocError, "labelled 5");
				const knowing = { ...own, recognizedEad: [5] };
				const { ead } = run(initiator(knowing), responder(knowing));
				equal(ead.flat(), [{ label: 5, critical: true }]);
			}
		},
		"with a label that is no integer, negative or critical padding is not sent"() {
			for (const wrong of [item(-1), item(0.5), critical(0), item(2 ** 53)]) {
				throws(() => initiator({ ead1: [wrong] }), EdhocError, "labelled");
				throws(() => responder({ ead4: [wrong] }), EdhocError, "labelled");
			}
		},
		"that is not label and byte string is refused"() {
			const message1 = runAtOnce(initiator().begin());
			for (const wrong of ["40", "0060", "01f6", "f5", "014041ff"]) {
				throws(() => runAtOnce(responder().answer(concat(message1, bytes(wrong)))), EdhocError, "EAD");
			}
			runAtOnce(responder().answer(concat(message1, bytes("014000"))));
		}
	})
];
