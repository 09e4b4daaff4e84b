import type { Clock } from "../clock/clock.js";
import { ByteBudget } from "./byte-budget.js";
import { ClientTransfer, type Transfers } from "./client-transfer.js";
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
	readonly #transfers: Transfers;

	constructor(options: BlockwiseClientOptions) {
		const { clock, layer, maxBody, maxBytes, maxTransfers: maxBodies, szx, timeout } = options;
		let tag = 0;
		this.#transfers = {
			layer,
			clock,
			szx,
			maxBody,
			timeout,
			budget: new ByteBudget({ clock, maxBodies, maxBytes }),
			// Never one used before: a block that someone held back must not end up in a later body (RFC 9175
			// section 3.5.1).
			newTag: () => {
				tag = (tag + 1) >>> 0;
				return tag;
			}
		};
	}

	request(request: ClientRequest): PendingRequest {
		const { maxBody } = this.#transfers;
		const length = request.payload?.length ?? 0;
		if (length > maxBody) throw new SizeError(`a body of ${length} bytes exceeds the ${maxBody} allowed`);
		const observes =
			request.onNotification !== undefined &&
			findOption(request.options ?? [], OptionNumber.Observe) !== undefined;
		const transfer = new (observes ? ObservingTransfer : ClientTransfer)(this.#transfers, request);
		transfer.begin();
		return transfer;
	}
}
