import type { Clock } from "../clock/clock.js";
import {
	type ClientRequest,
	CoapError,
	codeClass,
	codeText,
	findOption,
	type Layer,
	OptionError,
	OptionNumber,
	type PendingRequest,
	type Response,
	recogniseOptions,
	TimeoutError,
	uintOption,
	withoutOptions
} from "../coap/coap.js";
import type { Outbound, Renewed } from "./lookup.js";
import { ContextError, OscoreError, UnprotectedError } from "./oscore-error.js";
import { decodeOscoreOption } from "./oscore-option.js";
import { type Content, openResponse, protectRequest, type RequestBinding } from "./protection.js";

export interface ProtectedRequestOptions {
	readonly layer: Layer;
	readonly clock: Clock;
	readonly request: ClientRequest;
}

/** A response that may be taken: one that has verified, or an error in the clear. */
interface Opened {
	/** Undefined for an error in the clear. */
	readonly content: Content | undefined;
	readonly sequence: number | undefined;
	readonly renewed: Renewed | undefined;
}

const EMPTY = new Uint8Array(0);
const OBSERVE_END = 2 ** 24;

/**
 * A request of ours under a security context. What does not verify is ignored as if it had been lost, so that
 * nobody can end a request by inventing responses, errors in the clear excepted (RFC 8613 section 8.4).
 */
export class ProtectedRequest implements PendingRequest {
	readonly #options: ProtectedRequestOptions;
	readonly #deadline: number;
	#pending: PendingRequest | undefined;
	#release: () => void = () => undefined;
	/** Counts the messages sent: request 2 of a renewal takes the place of request 1. */
	#step = 0;
	/** The number of the newest notification; -1 for the response that has none (section 7.4.1). */
	#newest: number | undefined;
	#answered = false;
	#ended = false;

	constructor(options: ProtectedRequestOptions) {
		this.#options = options;
		this.#deadline = options.clock.now() + (options.request.timeout ?? Number.POSITIVE_INFINITY);
	}

	/** Throws as `Layer.request`, and SequenceError, ContextError, FormatError. */
	send(outbound: Outbound): void {
		const { clock, layer, request } = this.#options;
		const { code, options = [], payload = EMPTY } = request;
		const { context } = outbound;
		const { binding, message } = protectRequest(context, { code, options, payload });
		const remaining = this.#deadline - clock.now();
		if (remaining <= 0) throw new TimeoutError(`no answer within ${request.timeout} ms`);
		this.#step += 1;
		const step = this.#step;
		this.#release();
		this.#release = context.whenClosed(() => {
			this.#fail(new ContextError(`the security context with ${context.name} has ended`));
		});
		let opened: Opened | undefined;
		const take = (response: Response) => {
			const taken = opened;
			opened = undefined;
			if (taken !== undefined && !this.#ended) this.#take(taken, response, outbound);
		};
		const pending = layer.request({
			...request,
			code: message.code,
			options: message.options,
			payload: message.payload,
			timeout: Number.isFinite(remaining) ? remaining : undefined,
			accepts: response => {
				opened = this.#open(response, outbound, binding);
				return opened !== undefined;
			},
			onResponse: take,
			onNotification: request.onNotification && take,
			onFailure: error => this.#fail(error)
		});
		// Within one process the response may have come already, and request 2 gone.
		if (step !== this.#step) return;
		if (this.#ended) pending.cancel();
		this.#pending = pending;
	}

	cancel(): void {
		if (this.#ended) return;
		this.#end();
		this.#pending?.cancel();
	}

	/** Undefined for what must be ignored. */
	#open(response: Response, outbound: Outbound, binding: RequestBinding): Opened | undefined {
		const option = findOption(response.options, OptionNumber.Oscore);
		if (option === undefined) {
			// Success in the clear is nobody's answer to a protected request; nor is what follows a protected one.
			const answers = codeClass(response.code) !== 2 && this.#newest === undefined;
			return answers ? { content: undefined, sequence: undefined, renewed: undefined } : undefined;
		}
		try {
			const header = decodeOscoreOption(option.value);
			const renewed = header.kidContext && outbound.renew?.(header.kidContext);
			const context = renewed?.context ?? outbound.context;
			const { response: content, sequence } = openResponse(context, binding, header, response);
			if (renewed === undefined && !this.#newer(sequence)) return undefined;
			return { content, sequence, renewed };
		} catch (error) {
			if (error instanceof OscoreError) return undefined;
			throw error;
		}
	}

	/** Whether it is the first response, or a notification newer than all before (section 7.4.1). */
	#newer(sequence: number | undefined): boolean {
		if (this.#newest !== undefined && (sequence ?? -1) <= this.#newest) return false;
		this.#newest = sequence ?? -1;
		return true;
	}

	#take({ content, renewed, sequence }: Opened, response: Response, outbound: Outbound): void {
		if (content === undefined) {
			const text = codeText(response.code);
			this.#fail(
				new UnprotectedError(`${outbound.context.name} answered ${text} without protection`, response.code)
			);
		} else if (renewed !== undefined) {
			try {
				this.send(renewed.next());
			} catch (error) {
				if (!(error instanceof CoapError)) throw error;
				this.#fail(error);
			}
		} else {
			outbound.verified?.();
			// Telling that may have replaced contexts; the answer stands all the same.
			this.#deliver(content, sequence, response);
		}
	}

	#deliver(content: Content, sequence: number | undefined, response: Response): void {
		const { request } = this.#options;
		if (this.#ended) return;
		const { options, refused } = recogniseOptions(content.options);
		if (refused !== undefined) {
			this.#fail(new OptionError(`an answer with option ${refused}, which we do not know`, refused));
			return;
		}
		const { code, payload } = content;
		const { Observe } = OptionNumber;
		const inside = findOption(options, Observe) !== undefined && codeClass(code) === 2;
		const outside = findOption(response.options, Observe) !== undefined;
		const notification = this.#answered;
		this.#answered = true;
		// Both must say so: the one is verified, the other is what the layer below goes by (section 4.1.3.5).
		const observing = inside && outside && request.onNotification !== undefined;
		if (!observing && !(notification && inside)) {
			this.#end();
			this.#pending?.cancel();
		}
		const delivered = { ...response, code, options: withoutOptions(options, Observe), payload };
		if (observing) delivered.options.push(uintOption(Observe, Math.max(0, sequence ?? 0) % OBSERVE_END));
		delivered.options.sort((a, b) => a.number - b.number);
		if (!notification) request.onResponse(delivered);
		else request.onNotification?.(delivered);
		if (notification && inside && !outside) this.#fail(new OscoreError("the observation broke off"));
	}

	#fail(error: CoapError): void {
		if (this.#ended) return;
		this.cancel();
		this.#options.request.onFailure(error);
	}

	#end(): void {
		this.#ended = true;
		this.#release();
	}
}
