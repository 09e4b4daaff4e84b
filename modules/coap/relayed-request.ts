import type { CoapError } from "./errors.js";
import type { ClientRequest, Response } from "./layer.js";
import type { Option } from "./option.js";

/**
 * A request that a layer hands down for one that was handed to it: the same, but for what the layer overrides. It
 * refers to that one, since copies of it at each layer, and closures over them, would fill a board's memory.
 * Notifications are not relayed.
 */
export class RelayedRequest implements ClientRequest {
	protected readonly above: ClientRequest;

	constructor(above: ClientRequest) {
		this.above = above;
	}

	get peer(): string | undefined {
		return this.above.peer;
	}

	get address(): string {
		return this.above.address;
	}

	get port(): number {
		return this.above.port;
	}

	get code(): number {
		return this.above.code;
	}

	get options(): readonly Option[] | undefined {
		return this.above.options;
	}

	get payload(): Uint8Array | undefined {
		return this.above.payload;
	}

	get confirmable(): boolean | undefined {
		return this.above.confirmable;
	}

	get timeout(): number | undefined {
		return this.above.timeout;
	}

	get isUrgent(): boolean | undefined {
		return this.above.isUrgent;
	}

	get isActing(): boolean | undefined {
		return this.above.isActing;
	}

	onSealing(heard: number | undefined): void {
		this.above.onSealing?.(heard);
	}

	onSilent(): void {
		this.above.onSilent?.();
	}

	onResponse(response: Response): void {
		this.above.onResponse(response);
	}

	onFailure(error: CoapError): void {
		this.above.onFailure(error);
	}
}
