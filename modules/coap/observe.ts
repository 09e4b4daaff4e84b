import type { ClientRequest, Layer, PendingRequest, Response } from "./layer.js";
import { type Option, uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { RelayedRequest } from "./relayed-request.js";

/** A GET or FETCH whose answer is to be followed by later states. */
export interface ObserveRequest extends ClientRequest {
	onNotification(response: Response): void;
}

/** The request with the option that registers. */
class Registration extends RelayedRequest {
	override get options(): readonly Option[] {
		return [...(this.above.options ?? []), uintOption(OptionNumber.Observe, 0)];
	}

	onNotification(response: Response): void {
		this.above.onNotification?.(response);
	}
}

/**
 * Registers an observation (RFC 7641 section 3.1). `onResponse` gets the state now: without an Observe option the
 * server keeps no observation. `onNotification` gets the later states, each newer than the one before. Registering
 * again, when nothing has come for Max-Age, is up to the caller. `cancel` forgets it: the next notification is then
 * rejected, which ends it at the server too (section 3.6).
 */
export function observe(layer: Layer, request: ObserveRequest): PendingRequest {
	return layer.request(new Registration(request));
}
