import { CborError, decode, encode, isArray, isText } from "../cbor/cbor.js";
import type { Transport } from "../coap/coap.js";
import { type WifiCredentials, wifiFault } from "../node/node.js";
import { type Store, StoreError } from "../store/store.js";
import type { Guard } from "./guard.js";
import type { Host, NetworkEvents, NetworkLike, NetworkState, Receiver } from "./host.js";
import { SendFaults } from "./send-faults.js";

/** The name under which the credentials are kept that a person typed. */
export const wifiName = "wifi";

export interface ConnectionOwner {
	/** A datagram came. */
	receive(bytes: Uint8Array, address: string, port: number): void;
	/** Told what a person should see, a line each. */
	report(text: string): void;
	/** There is another state. */
	networkChanged(): void;
	/** The network is there, for the first time or again. */
	online(): void;
}

export interface ConnectionOptions {
	readonly host: Host;
	readonly guard: Guard;
	readonly store: Store;
	readonly port: number;
	/** Those of the configuration: the typed ones come first. */
	readonly wifi: WifiCredentials | undefined;
	readonly owner: ConnectionOwner;
}

/**
 * The node's way to others: the network and one socket, which is bound when the network is there for the first time
 * and stays. What is sent before that is lost, as a datagram may be.
 */
export class Connection implements Transport, NetworkEvents, Receiver {
	readonly #options: ConnectionOptions;
	readonly #network: NetworkLike;
	readonly #fault: string | undefined;
	readonly #faults: SendFaults;
	#address: string | undefined;
	#socket: Transport | undefined;
	#wasOnline: boolean;

	/** Throws what the host throws when the port is taken and the network is there already. */
	constructor(options: ConnectionOptions) {
		this.#options = options;
		this.#faults = new SendFaults(options.host.clock);
		let credentials = options.wifi;
		try {
			credentials = readCredentials(options.store) ?? credentials;
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#fault = error.message;
		}
		this.#network = options.host.openNetwork(credentials, this);
		this.#wasOnline = this.state === "online";
		if (this.#wasOnline) this.bind();
	}

	/** Why the credentials that were typed once cannot be had, or undefined. */
	get fault(): string | undefined {
		return this.#fault;
	}

	get state(): NetworkState {
		return this.#network.state;
	}

	/** This node's addresses (IPv4), where the host tells them. */
	get address(): string | undefined {
		return this.state === "online" ? (this.#address ?? this.#network.addresses) : undefined;
	}

	/** State and address, in words, and to whom nothing can be sent. */
	get text(): string {
		const { state, address } = this;
		const { text, isCut } = this.#faults;
		const where = address === undefined ? state : `${state}, ${address}`;
		if (state !== "online" || text === undefined) return where;
		return isCut ? text : `${where}; ${text}`;
	}

	/** Why nothing can be sent to a host, or without one to everyone; undefined where it can, as far as is known. */
	sendFault(host?: string): string | undefined {
		return this.state === "online" ? this.#faults.of(host) : "there is no network";
	}

	/** The same of whoever was tried last. */
	get lastSendFault(): string | undefined {
		return this.state === "online" ? this.#faults.last : "there is no network";
	}

	/** Never throws. */
	send(address: string, port: number, bytes: Uint8Array): void {
		try {
			this.#socket?.send(address, port, bytes);
		} catch (error) {
			this.#faults.refused(
				address,
				(error instanceof Error ? error.message : String(error)).replace(/^Socket: /, "")
			);
			return;
		}
		this.#faults.sent(address);
	}

	/** Why it cannot join another network, or undefined. */
	get joinRefusal(): string | undefined {
		return this.#network.isFixed ? "the system connects this machine, not this program" : undefined;
	}

	/** Joins another network, now and after each start. Returns why that cannot be, or undefined. */
	join(credentials: WifiCredentials): string | undefined {
		const { ssid, password } = credentials;
		const fault = wifiFault(credentials);
		if (fault !== undefined) return fault;
		try {
			this.#network.join(ssid, password);
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
		try {
			this.#options.store.set(wifiName, encode([ssid, password]));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return `used until the next restart only: ${error.message}`;
		}
		return undefined;
	}

	onChange(state: NetworkState, address?: string): void {
		this.#options.guard.run("the network", () => this.changed(state, address));
	}

	onDatagram(bytes: Uint8Array, address: string, port: number): void {
		const { guard, owner } = this.#options;
		guard.run("a datagram", () => owner.receive(bytes, address, port));
	}

	private changed(state: NetworkState, address: string | undefined): void {
		const { owner } = this.#options;
		const isOnline = state === "online";
		const isMoved = isOnline && address !== undefined && address !== this.#address;
		if (address !== undefined) this.#address = address;
		if (isOnline !== this.#wasOnline || isMoved) {
			owner.report(
				isOnline
					? `the network is there${this.#address === undefined ? "" : `, as ${this.#address}`}`
					: "the network is gone"
			);
		}
		const isNew = isOnline && (!this.#wasOnline || isMoved);
		this.#wasOnline = isOnline;
		owner.networkChanged();
		if (!isNew) return;
		if (this.#socket === undefined) this.bind();
		owner.online();
	}

	private bind(): void {
		const { host, port } = this.#options;
		this.#socket = host.openSocket(port, this);
	}
}

/**
 * What a person typed; undefined when there is nothing, or what there is was to be wiped when the power failed: it is read
 * before the wipe goes on. Throws a StoreError when it is damaged.
 */
function readCredentials(store: Store): WifiCredentials | undefined {
	const kept = store.isToBeWiped ? undefined : store.get(wifiName);
	if (kept === undefined) return undefined;
	try {
		const list = decode(kept);
		const [ssid, password] = isArray(list) ? list : [];
		if (isText(ssid) && isText(password)) return { ssid, password };
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
	}
	throw new StoreError(`"${wifiName}" is damaged`);
}
