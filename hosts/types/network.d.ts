/**
 * "none": there are no credentials yet. "joining": on the way into the Wi-Fi. "online": datagrams can be sent.
 * "offline": the Wi-Fi cannot be reached or does not let this device in; it is tried again.
 */
export type NetworkState = "none" | "joining" | "online" | "offline";

/**
 * The way into the network. On a board it joins the Wi-Fi and keeps trying for ever, with back-off, by itself; on
 * Linux the system connects, and the state is "online" at once. At most one is open.
 */
export default class Network {
	/**
	 * Begins to join where there is an `ssid`; `password` is undefined or empty for an open network. `onChange` is
	 * called from the loop, never from inside this constructor or `join`, whenever the state or the address has
	 * changed after construction; `address` (dotted IPv4) comes with "online" where the host knows it.
	 *
	 * The constructor leaves the host's network stack up: a Socket can be bound from the first "online" on, and
	 * stays bound and usable when the Wi-Fi goes and comes back.
	 */
	constructor(options: {
		ssid?: string | undefined;
		password?: string | undefined;
		onChange: (state: NetworkState, address?: string) => void;
	});

	readonly state: NetworkState;

	/** The machine's own addresses now, as a text, where the system connects; absent or undefined where it has none. */
	readonly addresses?: string | undefined;

	/** Whether the system connects, so that `join` throws; absent where this program does. */
	readonly isFixed?: boolean;

	/**
	 * Leaves the network and joins another one: `ssid` of 1 to 32 bytes of UTF-8, `password` of 8 to 63 characters,
	 * or empty. Keeps nothing over a restart. Throws where the system, not this program, connects (Linux).
	 */
	join(ssid: string, password: string): void;

	/** Leaves the network and calls nothing any more; a second close is harmless. */
	close(): void;
}
