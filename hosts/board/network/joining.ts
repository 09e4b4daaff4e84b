/** As in hosts/types/network.d.ts. */
export type NetworkState = "none" | "joining" | "online" | "offline";

/** What it takes of the board. */
export interface Station {
	/** Begins to join; what comes of it is told to `changed`. May throw. */
	connect(ssid: string, password: string): void;
	/** Ends the joining or the connection; nothing is told of that. */
	disconnect(): void;
	/** Does it after so many milliseconds, unless what is returned is called. */
	after(milliseconds: number, action: () => void): () => void;
	/** Calls `changed` with how it is now. */
	look(): void;
	/** Told from the loop when the state or the address has changed. */
	onChange(state: NetworkState, address: string | undefined): void;
}

/** ECMA-419's `connection` of a Wi-Fi: up to this it is not connected, from `hasAddress` on it can be used. */
const disconnected = 200;
const hasAddress = 500;

/** Milliseconds for one try, from the beginning to an address. */
const patience = 20_000;
/** Milliseconds before the first try after a failure, doubled with each up to the longest. */
const firstPause = 1_000;
const longestPause = 8_000;
/** Milliseconds between two looks at the address: the SDK's Wi-Fi for the Pico does not tell of another one by a renewed lease. */
const lookInterval = 2_000;

/** Joins a Wi-Fi and stays in it: tries for ever, at longer and longer intervals. */
export class Joining {
	readonly #station: Station;
	#credentials: { readonly ssid: string; readonly password: string } | undefined;
	#state: NetworkState = "none";
	#address: string | undefined;
	#pause = firstPause;
	#isTrying = false;
	#cancel: (() => void) | undefined;

	constructor(station: Station) {
		this.#station = station;
	}

	get state(): NetworkState {
		return this.#state;
	}

	/** Leaves whatever it was in. */
	join(ssid: string, password: string): void {
		this.leave();
		this.#credentials = { ssid, password };
		this.#pause = firstPause;
		this.#state = "joining";
		this.try();
	}

	/** Ends everything. */
	leave(): void {
		this.wait(0);
		if (this.#credentials !== undefined) this.#station.disconnect();
		this.#credentials = undefined;
		this.#isTrying = false;
		this.#state = "none";
		this.#address = undefined;
	}

	/** The board's Wi-Fi tells that its connection or address has changed. */
	changed(connection: number, address: string | undefined): void {
		if (this.#credentials === undefined) return;
		if (connection >= hasAddress && address !== undefined) {
			this.watch();
			this.#isTrying = false;
			this.#pause = firstPause;
			this.become("online", address);
		} else if (connection <= disconnected) {
			if (this.#isTrying || this.#state === "online") this.fail();
		} else if (this.#state === "online" && connection >= hasAddress) this.fail();
	}

	private watch(): void {
		this.wait(lookInterval, () => {
			this.watch();
			this.#station.look();
		});
	}

	private try(): void {
		const credentials = this.#credentials;
		if (credentials === undefined) return;
		this.#isTrying = true;
		this.wait(patience, () => this.fail());
		try {
			this.#station.connect(credentials.ssid, credentials.password);
		} catch {
			// As if it could not be reached; told from the loop.
			this.wait(0, () => this.fail());
		}
	}

	private again(): void {
		this.#station.disconnect();
		this.try();
	}

	private fail(): void {
		this.#isTrying = false;
		this.wait(this.#pause, () => this.again());
		this.#pause = Math.min(this.#pause * 2, longestPause);
		this.become("offline", undefined);
	}

	/** Does that after so long, in place of what was to be done; without an action nothing. */
	private wait(milliseconds: number, action?: () => void): void {
		this.#cancel?.();
		this.#cancel = action === undefined ? undefined : this.#station.after(milliseconds, action);
	}

	private become(state: NetworkState, address: string | undefined): void {
		if (this.#state === state && this.#address === address) return;
		this.#state = state;
		this.#address = address;
		this.#station.onChange(state, address);
	}
}
