import type { Clock } from "../clock/clock.js";
import { ByteBudget } from "./byte-budget.js";
import { ClientTransfer } from "./client-transfer.js";
import { SizeError } from "./errors.js";
import type { ClientRequest, Layer, PendingRequest } from "./layer.js";
import { ObservingTransfer } from "./observing-transfer.js";
import { findOption } from "./option.js";
import { OptionNumber } from "./option-table.js";

export interface BlockwiseClientOptions {
	readonly layer: Layer;
	readonly clock: Clock;
	readonly szx: number;
	readonly maxBody: number;
	readonly maxTransfers: number;
	readonly maxBytes: number;
	readonly timeout: number;
}

/** Our requests, with their bodies and those of the answers in blocks. */
export class BlockwiseClient {
	readonly #options: BlockwiseClientOptions;
	readonly #budget: ByteBudget;
	#tag = 0;

	constructor(options: BlockwiseClientOptions) {
		this.#options = options;
		this.#budget = new ByteBudget({ maxBodies: options.maxTransfers, maxBytes: options.maxBytes });
	}

	request(request: ClientRequest): PendingRequest {
		const { clock, layer, maxBody, szx, timeout } = this.#options;
		const length = request.payload?.length ?? 0;
		if (length > maxBody) throw new SizeError(`a body of ${length} bytes exceeds the ${maxBody} allowed`);
		const options = {
			layer,
			clock,
			request,
			szx,
			maxBody,
			timeout: request.timeout ?? timeout,
			budget: this.#budget,
			// Never one used before: a block that someone held back must not end up in a later body (RFC 9175
			// section 3.5.1).
			newTag: () => {
				this.#tag = (this.#tag + 1) >>> 0;
				return this.#tag;
			}
		};
		const observes =
			request.onNotification !== undefined &&
			findOption(request.options ?? [], OptionNumber.Observe) !== undefined;
		const transfer = observes ? new ObservingTransfer(options) : new ClientTransfer(options);
		transfer.begin();
		return transfer;
	}
}
