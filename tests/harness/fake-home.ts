import { concat, encodeUtf8, fromHex, toHex } from "../../modules/bytes/bytes.js";
import {
	Code,
	ContentFormat,
	decodeMessage,
	encodeMessage,
	linkFormat,
	type Message,
	MessageType,
	OptionNumber,
	stringValues,
	uintOption
} from "../../modules/coap/coap.js";
import { multiply, Pbkdf2, runAtOnce } from "../../modules/crypto/crypto.js";
import { passwordBytes } from "../../modules/node/node.js";
import { readRequest, setting, writeAnswer } from "../../modules/secure/sync-messages.js";
import { N } from "../../modules/spake2plus/generators.js";
import {
	deriveScalars,
	type PasswordScalars,
	register,
	Verifier
} from "../../modules/spake2plus/spake2plus.js";

/** What password and PIN come to at a home: what SPAKE2+ runs with. */
export function scalarsOf(password: string, pin: string, home: Uint8Array, rounds: number): PasswordScalars {
	const work = new Pbkdf2({ password: passwordBytes(password, pin), salt: home, rounds, length: 32 });
	let stretched = work.step();
	while (stretched === undefined) stretched = work.step();
	return deriveScalars(stretched);
}

/** How a fake home answers a share. */
export type FakeAnswer =
	/** Tests its guess by confirmV. */
	| "guess"
	/** Tests its guess by a shareV that is nothing but the guess's mask. */
	| "mask"
	/** Refuses before anything can be tested. */
	| "forbidden"
	| "unauthorized"
	| "conflict"
	/** Answers with what is no answer. */
	| "nonsense"
	/** Says nothing. */
	| "silence";

export interface FakeHomeOptions {
	/** Home id, 16 hexadecimal digits. */
	readonly id: string;
	readonly rounds?: number;
	readonly version?: number;
	/** What it guesses the joiner's password and PIN to be. */
	readonly password?: string;
	readonly pin?: string;
	readonly answer?: FakeAnswer;
	/** Node id, 32 hexadecimal digits. */
	readonly node?: string;
}

/** An attacker who poses as a member of a home, invented or not, to test guesses at what a joiner knows. */
export class FakeHome {
	readonly id: string;
	/** Answers by which it has tested a guess. */
	guesses = 0;
	/** Shares that came, each of a run of its own. */
	readonly shares = new Set<string>();
	/** confirmPs that came: its guess was right. */
	confirmed = 0;
	answer: FakeAnswer;
	readonly #announcement: Uint8Array;
	readonly #verify: () => Verifier;
	readonly #mask: Uint8Array;

	constructor({
		id,
		rounds = 1000,
		version = 0,
		password = "a wrong guess",
		pin = "0000",
		answer = "guess",
		node = "0123456789abcdef0123456789abcdef"
	}: FakeHomeOptions) {
		this.id = id;
		this.answer = answer;
		const home = fromHex(id);
		const scalars = scalarsOf(password, pin, home, rounds);
		const record = runAtOnce(register(scalars));
		const ephemeral = new Uint8Array(32).fill(9);
		this.#verify = () => new Verifier({ ...setting(home, rounds, version), record, ephemeral });
		this.#mask = Uint8Array.of(4, ...multiply(scalars.w0, N));
		const attributes = {
			rt: "verifichain",
			home: id,
			ep: node,
			suite: "secure",
			rounds: String(rounds),
			base: `${id.padEnd(32, "0")}.0`,
			...(version > 0 && { version: String(version) }),
			inviting: true as const
		};
		this.#announcement = linkFormat([{ target: "/sync", attributes }]);
	}

	/** The datagram with which it answers one, if it does. */
	heard(datagram: Uint8Array): Uint8Array | undefined {
		const message = decodeMessage(datagram);
		if (message.code === Code.Get) {
			const format = uintOption(OptionNumber.ContentFormat, ContentFormat.LinkFormat);
			return reply(message, Code.Content, this.#announcement, [format]);
		}
		if (message.code !== Code.Post) return undefined;
		if (stringValues(message.options, OptionNumber.UriPath).join("/") !== "sync") return undefined;
		const request = readRequest(message.payload);
		if (!("shareP" in request)) {
			this.confirmed += 1;
			return undefined;
		}
		this.shares.add(toHex(request.shareP));
		switch (this.answer) {
			case "silence":
				return undefined;
			case "forbidden":
				return reply(message, Code.Forbidden, encodeUtf8("not inviting"));
			case "unauthorized":
				return reply(message, Code.Unauthorized, encodeUtf8("go away"));
			case "conflict":
				return reply(message, Code.Conflict, encodeUtf8("the name is taken"));
			case "nonsense":
				return reply(message, Code.Changed, encodeUtf8("nonsense"));
			case "mask":
				this.guesses += 1;
				return reply(message, Code.Changed, writeAnswer(this.#mask, new Uint8Array(32), 0));
			case "guess": {
				this.guesses += 1;
				const { shareV, confirmV } = runAtOnce(this.#verify().answer(request.shareP));
				return reply(message, Code.Changed, writeAnswer(shareV, confirmV, 0));
			}
		}
	}
}

function reply(
	{ type, id, token }: Message,
	code: number,
	payload: Uint8Array,
	options: Message["options"] = []
): Uint8Array {
	const isConfirmable = type === MessageType.Confirmable;
	return encodeMessage({
		type: isConfirmable ? MessageType.Acknowledgement : MessageType.NonConfirmable,
		code,
		id,
		token,
		options,
		payload
	});
}

/** Ids of invented nodes. */
export function inventedNodeId(number: number): string {
	return inventedId(number).padStart(32, "0");
}

/** Ids of invented homes. */
export function inventedId(number: number): string {
	return toHex(concat(new Uint8Array(6), Uint8Array.of(number >> 8, number)));
}
