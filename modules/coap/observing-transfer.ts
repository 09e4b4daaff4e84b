import { ClientTransfer, type Transfers } from "./client-transfer.js";
import type { CoapError } from "./errors.js";
import type { ClientRequest, PendingRequest, Response } from "./layer.js";
import { findOption, type Option, withoutOptions } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { RelayedRequest } from "./relayed-request.js";

/** What a transfer gets for the message that registers: it may be given up for that of a newer state. */
const kept: PendingRequest = Object.freeze({ cancel: () => undefined });

/** The message that registers, whose answers go to the transfer, and what comes later to the observation. */
class Registration extends RelayedRequest {
	readonly #observing: ObservingTransfer;

	constructor(transfer: ClientTransfer, observing: ObservingTransfer) {
		super(transfer);
		this.#observing = observing;
	}

	onNotification(response: Response): void {
		this.#observing.notified(response);
	}

	override onFailure(error: CoapError): void {
		this.#observing.onFailure(error);
	}
}

/** The transfer of the answer. Blocks of it are asked for without an Observe option: only what carries one registers. */
class FirstTransfer extends ClientTransfer {
	readonly #observing: ObservingTransfer;

	constructor(transfers: Transfers, observing: ObservingTransfer) {
		super(transfers, observing);
		this.#observing = observing;
	}

	protected override send(): PendingRequest {
		if (findOption(this.options, OptionNumber.Observe) === undefined) return super.send();
		this.#observing.register(new Registration(this, this.#observing));
		return kept;
	}
}

/**
 * A request of ours that registers an observation: its answer, and each notification, with the rest of their blocks
 * (RFC 7959 section 2.6). A newer notification takes the place of an older one that is still being fetched. To the
 * transfers of all these it is the request above.
 */
export class ObservingTransfer extends RelayedRequest implements PendingRequest {
	readonly #transfers: Transfers;
	/** The message that registered; notifications come to it. */
	#observation: PendingRequest | undefined;
	#transfer: ClientTransfer | undefined;
	#answered = false;
	#notified = false;
	#ended = false;

	constructor(transfers: Transfers, request: ClientRequest) {
		super(request);
		this.#transfers = transfers;
	}

	/** Throws as `ClientTransfer.begin`. */
	begin(): void {
		const transfer = new FirstTransfer(this.#transfers, this);
		this.#transfer = transfer;
		transfer.begin();
	}

	register(registration: ClientRequest): void {
		// A request that starts over registers anew.
		this.#observation?.cancel();
		const pending = this.#transfers.layer.request(registration);
		if (this.#ended) pending.cancel();
		this.#observation = pending;
	}

	notified(response: Response): void {
		if (this.#ended) return;
		this.#transfer?.cancel();
		this.#notified = true;
		const transfer = new ClientTransfer(this.#transfers, this);
		this.#transfer = transfer;
		transfer.resume(response);
	}

	/** What the first block of a notification says of the observation holds for the whole. */
	override get options(): readonly Option[] {
		const { options = [] } = this.above;
		return this.#notified ? withoutOptions(options, OptionNumber.Observe) : options;
	}

	cancel(): void {
		this.#ended = true;
		this.#transfer?.cancel();
		this.#observation?.cancel();
	}

	override onResponse(response: Response): void {
		if (this.#ended) return;
		if (this.#answered) {
			this.above.onNotification?.(response);
			return;
		}
		this.#answered = true;
		this.above.onResponse(response);
	}

	override onFailure(error: CoapError): void {
		if (this.#ended) return;
		this.cancel();
		this.above.onFailure(error);
	}
}
