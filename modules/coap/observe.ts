import type { ClientRequest, Layer, PendingRequest, Response } from "./layer.js";
import { uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";

/** A GET or FETCH whose answer is to be followed by later states. */
export interface ObserveRequest extends ClientRequest {
	onNotification(response: Response): void;
}

/**
 * Registers an observation (RFC 7641 section 3.1). `onResponse` gets the state now: without an Observe option the
 * server keeps no observation. `onNotification` gets the later states, each newer than the one before. Registering
 * again, when nothing has come for Max-Age, is up to the caller. `cancel` forgets it: the next notification is then
 * rejected, which ends it at the server too (section 3.6).
 */
export function observe(layer: Layer, request: ObserveRequest): PendingRequest {
	const options = [...(request.options ?? []), uintOption(OptionNumber.Observe, 0)];
	return layer.request({ ...request, options });
}
