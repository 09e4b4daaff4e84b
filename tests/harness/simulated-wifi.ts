import type { NetworkEvents, NetworkLike, NetworkState } from "../../modules/application/application.js";
import type { WifiCredentials } from "../../modules/node/node.js";
import type { VirtualClock } from "./virtual-clock.js";

/** Milliseconds that it takes to be let in or refused. */
const joinTime = 1_500;

interface Station {
	state: NetworkState;
	readonly tell: (state: NetworkState) => void;
	credentials: WifiCredentials | undefined;
}

/** An access point: lets in who knows its password, and can be switched off. Stations try again by themselves. */
export class SimulatedWifi {
	readonly #clock: VirtualClock;
	readonly ssid: string;
	readonly password: string;
	readonly #stations = new Map<string, Station>();
	#isOn = true;

	constructor(clock: VirtualClock, { ssid, password }: WifiCredentials) {
		this.#clock = clock;
		this.ssid = ssid;
		this.password = password;
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	set isOn(isOn: boolean) {
		this.#isOn = isOn;
		for (const station of this.#stations.values()) {
			if (!isOn && station.state === "online") this.#put(station, "offline");
			if (isOn && station.state === "offline") this.#try(station);
		}
	}

	/** Whether the node at a place cannot send or receive. */
	isOut(place: string): boolean {
		return this.#stations.get(place)?.state !== "online";
	}

	/** What a node's host offers it as its network. */
	open(
		credentials: WifiCredentials | undefined,
		place: string,
		isPowered: () => boolean,
		events: NetworkEvents
	): NetworkLike {
		const address = place.split(":")[0];
		const station: Station = {
			state: "none",
			credentials,
			tell: state => {
				if (!isPowered()) return;
				events.onChange(state, state === "online" ? address : undefined);
			}
		};
		this.#stations.set(place, station);
		if (credentials !== undefined) this.#try(station);
		return {
			get state() {
				return station.state;
			},
			join: (ssid, password) => {
				station.credentials = { ssid, password };
				this.#try(station);
			}
		};
	}

	#try(station: Station): void {
		station.state = "joining";
		this.#clock.after(joinTime, () => {
			const { ssid, password } = station.credentials ?? {};
			const isRight = ssid === this.ssid && password === this.password;
			this.#put(station, isRight && this.#isOn ? "online" : "offline");
		});
	}

	#put(station: Station, state: NetworkState): void {
		station.state = state;
		station.tell(state);
	}
}
