import { equalBytes } from "../bytes/bytes.js";
import {
	Code,
	codeText,
	decodeContent,
	encodeContent,
	findOption,
	isRequest,
	isResponse,
	MessageError,
	type Option,
	OptionNumber
} from "../coap/coap.js";
import type { SecurityContext } from "./context.js";
import { makeAad } from "./nonce.js";
import { joinOptions, splitOptions } from "./option-classes.js";
import { FormatError, ReplayError, VerificationError } from "./oscore-error.js";
import { encodeOscoreOption, type OscoreOption } from "./oscore-option.js";
import { decodePartialIv, encodePartialIv } from "./partial-iv.js";

/** A message without what belongs to its transport: type, id and token. */
export interface Content {
	readonly code: number;
	readonly options: readonly Option[];
	readonly payload: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** What ties responses to their request: its kid and Partial IV (RFC 8613 section 5.4). */
export class RequestBinding {
	readonly aad: Uint8Array;
	readonly #context: SecurityContext;
	readonly #kid: Uint8Array;
	/** The number that is the Partial IV. */
	readonly sequence: number;
	readonly #nonce: Uint8Array;
	#used = false;

	constructor(context: SecurityContext, kid: Uint8Array, partialIv: Uint8Array) {
		this.aad = makeAad(kid, partialIv);
		this.#context = context;
		this.#kid = kid;
		this.sequence = decodePartialIv(partialIv);
		this.#nonce = context.nonce(kid, partialIv);
	}

	/** The nonce of the request, which also serves one response that has no Partial IV of its own. */
	nonce(context: SecurityContext): Uint8Array {
		if (context === this.#context) return this.#nonce;
		return context.nonce(this.#kid, encodePartialIv(this.sequence));
	}

	/** Whether a response of ours under this context may still take the request's nonce; it is taken then. */
	takeNonce(context: SecurityContext): boolean {
		if (this.#used || context !== this.#context) return false;
		this.#used = true;
		return true;
	}
}

/**
 * A request of ours, sealed (section 8.1), and what its responses are verified with. Adds 8 bytes, the OSCORE
 * option and the code. Throws SequenceError, ContextError, FormatError.
 */
export function protectRequest(context: SecurityContext, request: Content) {
	const { inner, outer } = splitOptions(request.options);
	const partialIv = context.nextPartialIv();
	const binding = new RequestBinding(context, context.senderId, partialIv);
	const sealed = context.seal(
		binding.nonce(context),
		binding.aad,
		encodePlaintext(request.code, inner, request.payload)
	);
	const header = { partialIv, kidContext: context.kidContext, kid: context.senderId };
	// What is observed passes proxies as FETCH (section 4.2).
	const observes = findOption(inner, OptionNumber.Observe) !== undefined;
	const message: Content = {
		code: observes ? Code.Fetch : Code.Post,
		options: [...outer, { number: OptionNumber.Oscore, value: encodeOscoreOption(header) }],
		payload: sealed
	};
	return { message, binding };
}

/**
 * Opens a request (section 8.2) whose OSCORE option was read as `header`. The replay window moves only when it has
 * opened. Throws FormatError (to be answered with 4.02 when the option, 4.00 when the content is at fault),
 * ReplayError, VerificationError (4.00).
 */
export function openRequest(context: SecurityContext, header: OscoreOption, message: Content) {
	const { kid, partialIv } = header;
	if (kid === undefined || partialIv === undefined)
		throw new FormatError("a request without kid or Partial IV");
	const sequence = decodePartialIv(partialIv);
	if (!equalBytes(kid, context.recipientId)) throw new VerificationError("the kid is another's");
	const binding = new RequestBinding(context, context.recipientId, partialIv);
	const plaintext = context.open(binding.nonce(context), binding.aad, message.payload);
	if (plaintext === undefined) throw new VerificationError("the request does not open");
	// Only now: one that does not open is no replay, however low its number, but may be under keys that are not here.
	if (!context.window.fresh(sequence))
		throw new ReplayError(`request ${sequence} came before, or is too old`);
	context.window.accept(sequence);
	const { code, options, payload } = decodePlaintext(plaintext);
	if (!isRequest(code)) throw new FormatError(`${codeText(code)} asks nothing`);
	return { request: { code, options: joinOptions(options, message.options), payload }, binding };
}

/** How a response differs from the common case. */
export interface ProtectResponseOptions {
	/** With a Partial IV of its own, as all notifications but the first have (section 4.1.3.5.2). */
	readonly ownPartialIv?: boolean;
	/** Names a context other than the request's. */
	readonly kidContext?: Uint8Array;
}

/**
 * A response of ours, sealed (section 8.3): with the request's nonce, and only once, or with a Partial IV of its
 * own: always from the second on, and when the context is not that of the request. Throws as `protectRequest`.
 */
export function protectResponse(
	context: SecurityContext,
	binding: RequestBinding,
	response: Content,
	{ kidContext, ownPartialIv = false }: ProtectResponseOptions = {}
): Content {
	// The value that is seen outside is the endpoint's to choose; the order is told by Partial IVs.
	const { inner } = splitOptions(response.options);
	const partialIv = !ownPartialIv && binding.takeNonce(context) ? undefined : context.nextPartialIv();
	const nonce = partialIv === undefined ? binding.nonce(context) : context.nonce(context.senderId, partialIv);
	const observes = findOption(inner, OptionNumber.Observe) !== undefined;
	const told = observes ? inner.map(withoutObserveValue) : inner;
	const sealed = context.seal(nonce, binding.aad, encodePlaintext(response.code, told, response.payload));
	return {
		code: observes ? Code.Content : Code.Changed,
		options: [{ number: OptionNumber.Oscore, value: encodeOscoreOption({ partialIv, kidContext }) }],
		payload: sealed
	};
}

/**
 * Opens a response to the request of `binding` (section 8.4) whose OSCORE option was read as `header`; `sequence`
 * is the number of its own Partial IV, if it has one. Throws FormatError and VerificationError.
 */
export function openResponse(
	context: SecurityContext,
	binding: RequestBinding,
	header: OscoreOption,
	message: Content
) {
	const { partialIv } = header;
	const sequence = partialIv === undefined ? undefined : decodePartialIv(partialIv);
	const nonce =
		partialIv === undefined ? binding.nonce(context) : context.nonce(context.recipientId, partialIv);
	const plaintext = context.open(nonce, binding.aad, message.payload);
	if (plaintext === undefined) throw new VerificationError("the response does not open");
	const response = decodePlaintext(plaintext);
	if (!isResponse(response.code)) throw new FormatError(`${codeText(response.code)} answers nothing`);
	return { response, sequence };
}

function withoutObserveValue(option: Option): Option {
	return option.number === OptionNumber.Observe ? { number: option.number, value: EMPTY } : option;
}

/** Code, class E options, payload (section 5.3). */
function encodePlaintext(code: number, options: readonly Option[], payload: Uint8Array): Uint8Array {
	const plaintext = encodeContent(options, payload, 1);
	plaintext[0] = code;
	return plaintext;
}

function decodePlaintext(plaintext: Uint8Array): Content {
	if (plaintext.length === 0) throw new FormatError("nothing was sealed");
	try {
		const { options, payload } = decodeContent(plaintext, 1);
		return { code: plaintext[0], options, payload };
	} catch (error) {
		if (error instanceof MessageError) throw new FormatError(error.message);
		throw error;
	}
}
