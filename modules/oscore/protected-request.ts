import type { Clock } from "../clock/clock.js";
import {
	type ClientRequest,
	CoapError,
	codeClass,
	codeText,
	findOption,
	type Layer,
	type Option,
	OptionError,
	OptionNumber,
	type PendingRequest,
	RelayedRequest,
	type Response,
	recogniseOptions,
	TimeoutError,
	uintOption,
	withoutOptions
} from "../coap/coap.js";
import type { ActingOrder } from "./acting-order.js";
import type { Dependent } from "./context.js";
import type { Outbound, Renewed } from "./lookup.js";
import { ContextError, OscoreError, UnprotectedError } from "./oscore-error.js";
import { decodeOscoreOption } from "./oscore-option.js";
import { type Content, openResponse, protectRequest, type RequestBinding } from "./protection.js";

/** What all requests of a layer share. */
export interface Protecting {
	/** What carries the sealed messages. */
	readonly layer: Layer;
	readonly clock: Clock;
	/** Under which keys requests that act were sealed before. */
	readonly actingOrder: ActingOrder;
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
/** A sealed message when it has gone: the layer below has it as bytes. */
const gone: Content = Object.freeze({ code: 0, options: Object.freeze([]), payload: EMPTY });

/**
 * A request of ours under a security context, and what is handed down for it. What does not verify is ignored as if it
 * had been lost, so that nobody can end a request by inventing responses, errors in the clear excepted (RFC 8613
 * section 8.4).
 */
export class ProtectedRequest extends RelayedRequest implements PendingRequest, Dependent {
	readonly #protecting: Protecting;
	readonly #deadline: number;
	#outbound: Outbound;
	#binding: RequestBinding | undefined;
	#message = gone;
	#opened: Opened | undefined;
	#pending: PendingRequest | undefined;
	/** Counts the messages sent: request 2 of a renewal takes the place of request 1. */
	#step = 0;
	/** The number of the newest notification; -1 for the response that has none (section 7.4.1). */
	#newest: number | undefined;
	#answered = false;
	#ended = false;

	constructor(protecting: Protecting, request: ClientRequest, outbound: Outbound) {
		super(request);
		this.#protecting = protecting;
		this.#deadline = protecting.clock.now() + (request.timeout ?? Number.POSITIVE_INFINITY);
		this.#outbound = outbound;
	}

	/** Throws as `Layer.request`, and SequenceError, ContextError, FormatError. */
	send(): void {
		const { context } = this.#outbound;
		if (this.#deadline <= this.#protecting.clock.now()) throw new TimeoutError("no answer in time");
		const echo = this.above.isActing ? this.prove() : undefined;
		const { code, options = [], payload = EMPTY } = this.above;
		const all = echo === undefined ? options : [...options, { number: OptionNumber.Echo, value: echo }];
		const { binding, message } = protectRequest(context, { code, options: all, payload });
		this.#step += 1;
		const step = this.#step;
		context.support(this);
		this.#binding = binding;
		this.#message = message;
		const pending = this.#protecting.layer.request(this);
		// Within one process the response may have come already, and request 2 gone.
		if (step !== this.#step) return;
		this.#message = gone;
		if (this.#ended) pending.cancel();
		this.#pending = pending;
	}

	/** What shows that a request that acts is fresh; on the first one of a renewal nobody acts. */
	private prove(): Uint8Array | undefined {
		const { context, renew } = this.#outbound;
		const { actingOrder, clock } = this.#protecting;
		if (renew !== undefined) {
			this.above.onSealing?.(undefined);
			return undefined;
		}
		actingOrder.seal(context);
		const proof = context.freshness.take(clock.now());
		this.above.onSealing?.(proof?.heard);
		return proof?.echo;
	}

	override get code(): number {
		return this.#message.code;
	}

	override get options(): readonly Option[] {
		return this.#message.options;
	}

	override get payload(): Uint8Array {
		return this.#message.payload;
	}

	override get timeout(): number | undefined {
		const remaining = this.#deadline - this.#protecting.clock.now();
		return Number.isFinite(remaining) ? remaining : undefined;
	}

	accepts(response: Response): boolean {
		this.#opened = this.open(response);
		return this.#opened !== undefined;
	}

	override onResponse(response: Response): void {
		const opened = this.#opened;
		this.#opened = undefined;
		if (opened !== undefined && !this.#ended) this.take(opened, response);
	}

	get onNotification(): ((response: Response) => void) | undefined {
		// On the first request of a renewal nobody acts, whatever its answer says outside.
		return this.#outbound.renew === undefined && this.above.onNotification !== undefined
			? this.onResponse
			: undefined;
	}

	override onFailure(error: CoapError): void {
		if (this.#ended) return;
		this.cancel();
		this.above.onFailure(error);
	}

	contextClosed(): void {
		this.onFailure(new ContextError(`the security context with ${this.#outbound.context.name} has ended`));
	}

	/** An observation ends here as well: at the peer it does as soon as that hears anything under the new keys, without a word. */
	contextReplaced(): void {
		if (this.#answered) this.onFailure(new OscoreError("the observation ended with its keys"));
	}

	cancel(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#outbound.context.release(this);
		this.#pending?.cancel();
	}

	/** Undefined for what must be ignored. */
	private open(response: Response): Opened | undefined {
		const option = findOption(response.options, OptionNumber.Oscore);
		if (option === undefined) {
			// Success in the clear is nobody's answer to a protected request; nor is what follows a protected one.
			const answers = codeClass(response.code) !== 2 && this.#newest === undefined;
			return answers ? { content: undefined, sequence: undefined, renewed: undefined } : undefined;
		}
		if (this.#binding === undefined) return undefined;
		let renewed: Renewed | undefined;
		try {
			const header = decodeOscoreOption(option.value);
			renewed = header.kidContext && this.#outbound.renew?.(header.kidContext);
			const context = renewed?.context ?? this.#outbound.context;
			const { response: content, sequence } = openResponse(context, this.#binding, header, response);
			if (renewed === undefined && !this.newer(sequence)) return undefined;
			return { content, sequence, renewed };
		} catch (error) {
			if (error instanceof OscoreError) return undefined;
			throw error;
		} finally {
			renewed?.context.close();
		}
	}

	/** Whether it is the first response, or a notification newer than all before (section 7.4.1). */
	private newer(sequence: number | undefined): boolean {
		if (this.#newest !== undefined && (sequence ?? -1) <= this.#newest) return false;
		this.#newest = sequence ?? -1;
		return true;
	}

	private take({ content, renewed, sequence }: Opened, response: Response): void {
		const { context } = this.#outbound;
		if (content === undefined) {
			const text = codeText(response.code);
			this.onFailure(
				new UnprotectedError(`${context.name} answered ${text} without protection`, response.code)
			);
		} else if (renewed !== undefined) {
			try {
				const next = renewed.next();
				context.release(this);
				this.#outbound = next;
				this.send();
			} catch (error) {
				const isForeseen = error instanceof CoapError;
				this.onFailure(isForeseen ? error : new OscoreError("an error of this node's own"));
				if (!isForeseen) throw error;
			}
		} else {
			this.#outbound.verified?.();
			// Telling that may have replaced contexts; the answer stands all the same.
			this.deliver(content, sequence, response);
		}
	}

	private deliver(content: Content, sequence: number | undefined, response: Response): void {
		if (this.#ended) return;
		const { options, refused } = recogniseOptions(content.options);
		if (refused !== undefined) {
			this.onFailure(new OptionError(`an answer with option ${refused}, which we do not know`, refused));
			return;
		}
		const { code, payload } = content;
		const { Echo, Observe } = OptionNumber;
		const echo = findOption(options, Echo)?.value;
		if (echo !== undefined) this.#outbound.context.freshness.hold(echo, this.#protecting.clock.now());
		const inside = findOption(options, Observe) !== undefined && codeClass(code) === 2;
		const outside = findOption(response.options, Observe) !== undefined;
		const notification = this.#answered;
		this.#answered = true;
		// Both must say so: the one is verified, the other is what the layer below goes by (section 4.1.3.5).
		const observing = inside && outside && this.above.onNotification !== undefined;
		if (!observing && !(notification && inside)) this.cancel();
		const delivered = { ...response, code, options: withoutOptions(options, Observe), payload };
		if (observing) delivered.options.push(uintOption(Observe, Math.max(0, sequence ?? 0) % OBSERVE_END));
		delivered.options.sort((a, b) => a.number - b.number);
		if (!notification) this.above.onResponse(delivered);
		else this.above.onNotification?.(delivered);
		if (notification && inside && !outside) this.onFailure(new OscoreError("the observation broke off"));
	}
}
