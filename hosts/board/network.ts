import WiFi from "embedded:network/interface/wifi";
import { prepare } from "radio";
import Timer from "timer";
import { Joining, type NetworkState, type Station } from "./network/joining.js";

/** The contract of hosts/types/network.d.ts over a board's Wi-Fi. */
export default class Network implements Station {
	readonly #wifi: WiFi;
	readonly #joining: Joining;
	readonly #onChange: (state: NetworkState, address?: string) => void;
	#isClosed = false;

	constructor(options: {
		ssid?: string | undefined;
		password?: string | undefined;
		onChange: (state: NetworkState, address?: string) => void;
	}) {
		this.#onChange = options.onChange;
		this.#wifi = new WiFi({ onChanged: () => this.look() });
		this.#joining = new Joining(this);
		const { ssid, password = "" } = options;
		if (ssid !== undefined && ssid !== "") this.#joining.join(ssid, password);
	}

	get state(): NetworkState {
		return this.#joining.state;
	}

	join(ssid: string, password: string): void {
		const before = this.state;
		this.#joining.join(ssid, password);
		if (before === "joining") return;
		// From the loop, and only where nothing else has happened until then.
		Timer.set(() => {
			if (!this.#isClosed && this.state === "joining") this.#onChange("joining");
		});
	}

	close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#joining.leave();
		this.#wifi.close();
	}

	connect(ssid: string, password: string): void {
		prepare();
		this.#wifi.connect(password === "" ? { SSID: ssid } : { SSID: ssid, password });
	}

	disconnect(): void {
		this.#wifi.disconnect();
	}

	after(milliseconds: number, action: () => void): () => void {
		let timer: Timer | undefined = Timer.set(() => {
			timer = undefined;
			action();
		}, milliseconds);
		return () => {
			if (timer !== undefined) Timer.clear(timer);
			timer = undefined;
		};
	}

	onChange(state: NetworkState, address: string | undefined): void {
		this.#onChange(state, address);
	}

	look(): void {
		if (!this.#isClosed) this.#joining.changed(this.#wifi.connection, this.#wifi.address);
	}
}
