import { ClientTransfer, type ClientTransferOptions } from "./client-transfer.js";
import type { CoapError } from "./errors.js";
import type { ClientRequest, PendingRequest, Response } from "./layer.js";
import { findOption, withoutOptions } from "./option.js";
import { OptionNumber } from "./option-table.js";

/**
 * A request of ours that registers an observation: its answer, and each notification, with the rest of their blocks
 * (RFC 7959 section 2.6). A newer notification takes the place of an older one that is still being fetched.
 */
export class ObservingTransfer implements PendingRequest {
	readonly #options: ClientTransferOptions;
	/** The message that registered; notifications come to it. */
	#observation: PendingRequest | undefined;
	#transfer: ClientTransfer | undefined;
	#answered = false;
	#ended = false;

	constructor(options: ClientTransferOptions) {
		this.#options = options;
	}

	/** Throws as `ClientTransfer.begin`. */
	begin(): void {
		const transfer = new ClientTransfer({
			...this.#options,
			layer: { request: request => this.#register(request) },
			request: this.#plain(this.#options.request, response => this.#deliver(response))
		});
		this.#transfer = transfer;
		transfer.begin();
	}

	cancel(): void {
		this.#ended = true;
		this.#transfer?.cancel();
		this.#observation?.cancel();
	}

	/** Blocks of the answer are asked for without an Observe option: only what carries one registers. */
	#register(request: ClientRequest): PendingRequest {
		const { layer } = this.#options;
		if (findOption(request.options ?? [], OptionNumber.Observe) === undefined) return layer.request(request);
		// A request that starts over registers anew.
		this.#observation?.cancel();
		const pending = layer.request({
			...request,
			onNotification: response => this.#notified(response),
			onFailure: error => this.#fail(error)
		});
		if (this.#ended) pending.cancel();
		this.#observation = pending;
		// The transfer of one state may be given up for the next; the observation goes on.
		return { cancel: () => undefined };
	}

	#notified(response: Response): void {
		if (this.#ended) return;
		this.#transfer?.cancel();
		const { request } = this.#options;
		const options = withoutOptions(request.options ?? [], OptionNumber.Observe);
		// What the first block says of the observation holds for the whole.
		const transfer = new ClientTransfer({
			...this.#options,
			request: this.#plain({ ...request, options }, whole => this.#deliver(whole))
		});
		this.#transfer = transfer;
		transfer.resume(response);
	}

	#deliver(response: Response): void {
		if (this.#ended) return;
		const { request } = this.#options;
		if (this.#answered) {
			request.onNotification?.(response);
			return;
		}
		this.#answered = true;
		request.onResponse(response);
	}

	#fail(error: CoapError): void {
		if (this.#ended) return;
		this.cancel();
		this.#options.request.onFailure(error);
	}

	#plain(request: ClientRequest, onResponse: (response: Response) => void): ClientRequest {
		return { ...request, onNotification: undefined, onResponse, onFailure: error => this.#fail(error) };
	}
}
