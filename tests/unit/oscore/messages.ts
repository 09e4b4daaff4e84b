import { Code, pathOptions, uintOption } from "../../../modules/coap/coap.js";
import {
	ContextError,
	type Dependent,
	decodeOscoreOption,
	FormatError,
	OscoreError,
	openRequest,
	openResponse,
	protectRequest,
	protectResponse,
	ReplayError,
	SecurityContext,
	SequenceError,
	VerificationError
} from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { contexts, damaged, secret } from "./pair.js";

const ask = { code: Code.Post, options: pathOptions("/tasks"), payload: bytes("01") };
const answer = { code: Code.Changed, options: [], payload: bytes("02") };
type Message = ReturnType<typeof protectRequest>["message"];

function header(message: Message) {
	const option = message.options[message.options.length - 1];
	ok(option);
	return decodeOscoreOption(option.value);
}

function open(context: SecurityContext, message: Message) {
	return openRequest(context, header(message), message);
}

function id(length: number, fill: number): Uint8Array {
	return new Uint8Array(length).fill(fill);
}

export default suite("oscore: protection", {
	"a request and its response go there and back, for IDs of 0 to 7 bytes": () => {
		for (let length = 0; length <= 7; length += 1) {
			const [a, b] = [id(length, 1), id(7 - length, 2)];
			const client = { senderId: a, recipientId: b };
			const it = contexts(client, { senderId: b, recipientId: a });
			const asked = protectRequest(it.client, ask);
			const { binding, request } = open(it.server, asked.message);
			equal(request, ask);
			const sealed = protectResponse(it.server, binding, answer);
			equal(openResponse(it.client, asked.binding, header(sealed), sealed).response, answer);
		}
		throws(() => contexts({ senderId: id(8, 1) }), ContextError, "8 bytes");
		throws(() => contexts({ senderId: id(3, 1), recipientId: id(3, 1) }), ContextError, "same");
	},
	"every bit of a request that is flipped, and every end that is cut, refuses it and changes nothing": () => {
		const { client, server } = contexts();
		const { message } = protectRequest(client, ask);
		for (const payload of damaged(message.payload)) {
			throws(() => open(server, { ...message, payload }), VerificationError);
		}
		const [option] = message.options;
		ok(option);
		for (const value of damaged(option.value)) {
			throws(() => open(server, { ...message, options: [{ ...option, value }] }), OscoreError);
		}
		equal(open(server, message).request, ask, "the true one still opens");
		throws(() => open(server, message), ReplayError);
	},
	"every bit of a response that is flipped, and every end that is cut, refuses it": () => {
		for (const ownPartialIv of [false, true]) {
			const { client, server } = contexts();
			const asked = protectRequest(client, ask);
			const { binding } = open(server, asked.message);
			const sealed = protectResponse(server, binding, answer, { ownPartialIv });
			const check = (message: Message) => openResponse(client, asked.binding, header(message), message);
			for (const payload of damaged(sealed.payload)) {
				throws(() => check({ ...sealed, payload }), VerificationError);
			}
			const [option] = sealed.options;
			ok(option);
			for (const value of damaged(option.value)) {
				// A kid, or a kid context, in a response tells which context: it is not part of what is sealed.
				if (value.length > 1 && ((value[0] ?? 0) & 0x18) !== 0) continue;
				throws(() => check({ ...sealed, options: [{ ...option, value }] }), OscoreError);
			}
			equal(check(sealed).response, answer);
		}
	},
	"a response answers its own request only, with a Partial IV or without": () => {
		for (const ownPartialIv of [false, true]) {
			const { client, server } = contexts();
			const first = protectRequest(client, ask);
			const second = protectRequest(client, ask);
			const { binding } = open(server, first.message);
			open(server, second.message);
			const sealed = protectResponse(server, binding, answer, { ownPartialIv });
			const check = (it: typeof first) => openResponse(client, it.binding, header(sealed), sealed);
			throws(() => check(second), VerificationError);
			equal(check(first).response, answer);
		}
	},
	"a request is not taken for a response, nor sent back to its sender": () => {
		const { client, server } = contexts();
		const asked = protectRequest(client, ask);
		throws(
			() => openResponse(client, asked.binding, header(asked.message), asked.message),
			VerificationError
		);
		throws(() => open(client, asked.message), VerificationError);
		const { binding } = open(server, asked.message);
		throws(
			() => openResponse(client, asked.binding, {}, protectRequest(server, ask).message),
			VerificationError
		);
		ok(binding);
	},
	"a code of the wrong kind inside is refused, although it was sealed by the peer": () => {
		const { client, server } = contexts();
		throws(() => open(server, protectRequest(client, answer).message), FormatError, "asks nothing");
		const asked = protectRequest(client, ask);
		const { binding } = open(server, asked.message);
		const sealed = protectResponse(server, binding, ask);
		throws(() => openResponse(client, asked.binding, header(sealed), sealed), FormatError, "answers nothing");
	},
	"only the first response takes the request's nonce; the next have numbers of their own": () => {
		const { client, server } = contexts();
		const { binding } = open(server, protectRequest(client, ask).message);
		const ivs = [1, 2, 3].map(() => header(protectResponse(server, binding, answer)).partialIv);
		equal(ivs, [undefined, bytes("00"), bytes("01")]);
	},
	"under another context a response always has its own number": () => {
		const { client, server } = contexts();
		const other = contexts({ idContext: bytes("77") }).server;
		const { binding } = open(server, protectRequest(client, ask).message);
		const sealed = protectResponse(other, binding, answer, { kidContext: bytes("77") });
		equal([header(sealed).partialIv, header(sealed).kidContext], [bytes("00"), bytes("77")]);
	},
	"numbers count up, no two messages share one, and the last of 2^40 is the end": () => {
		const { client, server } = contexts({ sequence: 2 ** 40 - 2 }, {});
		for (const text of ["fffffffffe", "ffffffffff"]) {
			const { message } = protectRequest(client, ask);
			equal(hex(header(message).partialIv ?? bytes("")), text);
			equal(open(server, message).request, ask);
		}
		throws(() => protectRequest(client, ask), SequenceError);
		throws(() => protectRequest(client, ask), SequenceError);
		for (const sequence of [-1, 2 ** 40 + 1, 0.5, Number.NaN])
			throws(() => contexts({ sequence }), ContextError);
	},
	"late and mixed-up requests inside the window are taken once, older ones never": () => {
		const { client, server } = contexts();
		const messages = Array.from({ length: 70 }, () => protectRequest(client, ask).message);
		const take = (index: number) => {
			const message = messages[index];
			ok(message);
			return open(server, message);
		};
		for (const index of [69, 6, 40, 68]) take(index);
		for (const index of [69, 6, 40, 68, 5, 0]) throws(() => take(index), ReplayError);
		for (const index of [7, 67]) take(index);
	},
	"what does not open is no replay, whatever its number: its sender may have other keys under that name":
		() => {
			const { client, server } = contexts();
			const { message } = protectRequest(client, ask);
			open(server, message);
			throws(() => open(server, message), ReplayError);
			const other = contexts({ idContext: bytes("77") });
			throws(() => open(server, protectRequest(other.client, ask).message), VerificationError);
		},
	"forged requests with far numbers do not move the window": () => {
		const { client, server } = contexts();
		const { message } = protectRequest(client, ask);
		const forged = { kid: client.senderId, partialIv: bytes("ffffffffff") };
		for (let i = 0; i < 100; i += 1) throws(() => openRequest(server, forged, message), VerificationError);
		equal(server.failed, 100);
		equal(open(server, message).request, ask);
	},
	"a context says once when it has sent, or failed to open, as much as it should": () => {
		const told: string[] = [];
		const onSpent = ({ name }: { name: string }) => told.push(name);
		const { client, server } = contexts({ limit: 3, onSpent });
		const { message } = protectRequest(client, ask);
		for (let i = 0; i < 2; i += 1) {
			equal([client.spent, server.spent], [false, false]);
			protectRequest(client, ask);
			throws(() => open(server, { ...message, payload: bytes("00") }), VerificationError);
		}
		throws(() => open(server, { ...message, payload: bytes("00") }), VerificationError);
		protectRequest(client, ask);
		equal([client.spent, server.spent, client.sent, server.failed], [true, true, 4, 3]);
		equal(told, ["server", "client"]);
	},
	"a closed context neither seals nor opens, and tells what rests on it": () => {
		const { client, server } = contexts();
		const { message } = protectRequest(client, ask);
		let ended = 0;
		const counting = (count: number): Dependent => ({
			contextClosed: () => {
				ended += count;
			}
		});
		const released = counting(100);
		server.support(counting(1));
		server.support(released);
		server.release(released);
		server.close();
		server.close();
		client.close();
		equal(ended, 1);
		throws(() => open(server, message), ContextError, "client");
		throws(() => protectRequest(client, ask), ContextError);
		equal(hex(client.nonce(bytes(""), bytes(""))), "00".repeat(13), "the IV is wiped");
	},
	"contexts of another secret, salt, ID context or direction do not fit": () => {
		const { client } = contexts();
		const { message } = protectRequest(client, ask);
		for (const other of [
			{ masterSecret: id(16, 9) },
			{ masterSalt: bytes("") },
			{ idContext: bytes("") },
			{ idContext: bytes("00") }
		]) {
			throws(() => open(contexts({}, other).server, message), VerificationError);
		}
		const salted = { name: "x", masterSecret: secret, senderId: id(1, 1), recipientId: id(1, 2) };
		ok(new SecurityContext(salted));
	},
	"what was sealed but is no CoAP content is refused": () => {
		const { client, server } = contexts();
		for (const plaintext of ["", "01ff", "01b1", "01f0"]) {
			const partialIv = client.nextPartialIv();
			const { message, binding } = protectRequest(client, ask);
			const nonce = client.nonce(client.senderId, header(message).partialIv ?? partialIv);
			const payload = client.seal(nonce, binding.aad, bytes(plaintext));
			throws(() => open(server, { ...message, payload }), FormatError);
		}
	},
	"an Observe option in a response is empty inside, whatever its number": () => {
		const { client, server } = contexts();
		const asked = protectRequest(client, { ...ask, code: Code.Get, options: [uintOption(6, 0)] });
		equal([asked.message.code, asked.message.options[0]], [Code.Fetch, uintOption(6, 0)]);
		const { binding } = open(server, asked.message);
		const sealed = protectResponse(server, binding, { ...answer, options: [uintOption(6, 77)] });
		equal(sealed.code, Code.Content);
		const { response } = openResponse(client, asked.binding, header(sealed), sealed);
		equal(response.options, [uintOption(6, 0)]);
	}
});
