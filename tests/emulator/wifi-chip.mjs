import { delays } from "./wifi-network.mjs";

/** Goes high when the Wi-Fi chip has something for the microcontroller (WL_HOST_WAKE). */
const wakePin = 24;
/** Frames that the chip keeps until they are fetched; what comes then is lost. */
const queueLimit = 32;
const million = 1_000_000;
/** Milliseconds on the bus to the chip at 31.25 MHz, one bit at a time: for one byte, and for its firmware of 225 KB. */
const byteTime = 8 / 31_250;
const firmwareTime = 225_240 * byteTime;
/** The ioctl with which the driver leaves the network (CYW43_IOCTL_SET_DISASSOC). */
const disassociate = 0x69;

/** Events as the driver knows them (CYW43_EV_...), and the states in which a handshake ends. */
const events = Object.freeze({ setSsid: 0, auth: 3, disassociated: 11, link: 16, keys: 46, scanned: 69 });
const states = Object.freeze({ noNetworks: 3, keyed: 6, partial: 8, keysFailed: 8 });

/**
 * The CYW43439 and its driver's lower half: the functions `cyw43_ll_...` of the program are replaced. Firmware, bus
 * and radio are not emulated; the delays are constants. The driver's upper half and lwIP run as they are.
 */
export class WifiChip {
	mac;
	/** Levels of the chip's own pins; 0 is the Pico W's LED. */
	pins = new Map();
	/** Called with a pin and its new level. */
	onPin = () => {};
	/** Frames that came while the queue was full. */
	dropped = 0;
	#chip;
	#network;
	#clock;
	/** What the driver has not fetched yet: `{ frame }` or `{ event }`. */
	#queue = [];
	#isOn = false;

	/** `clock`: `now()` in nanoseconds of the house and `after(moment, act)`. */
	constructor({ chip, image, network, mac, clock }) {
		this.mac = mac;
		this.#chip = chip;
		this.#network = network;
		this.#clock = clock;
		for (const [name, act] of Object.entries(this.#functions())) {
			if (image.symbols.has(name)) chip.replace(name, act);
		}
	}

	/** A frame out of the air, at a moment of the house. */
	deliver(frame, at) {
		this.#clock.after(at, () => {
			if (!this.#isOn || !this.#network.has(this)) return;
			if (this.#queue.length >= queueLimit) this.dropped += 1;
			else this.#put({ frame });
		});
	}

	/** The access point does not answer any more, as the chip notices at that moment. */
	linkLost(at) {
		this.#clock.after(at, () => {
			if (!this.#network.has(this)) this.#event(events.link);
		});
	}

	#functions() {
		const { registers } = this.#chip;
		const done = () => 0;
		return {
			cyw43_ll_bus_init: () => {
				this.#chip.mcu.gpio[wakePin].padValue |= 0x40;
				this.#chip.busy(firmwareTime);
				return 0;
			},
			cyw43_ll_bus_sleep: () => {},
			cyw43_ll_deinit: () => {
				this.#isOn = false;
				this.#network.leave(this);
			},
			cyw43_ll_wifi_get_mac: () => {
				this.#chip.write(registers[1], this.mac);
				return 0;
			},
			cyw43_ll_wifi_on: () => {
				this.#isOn = true;
				return 0;
			},
			cyw43_ll_wifi_pm: done,
			cyw43_ll_wifi_update_multicast_filter: done,
			cyw43_ll_wifi_set_wpa_auth: () => {},
			cyw43_ll_wifi_rejoin: () => {},
			cyw43_ll_wifi_get_bssid: () => {
				this.#chip.write(registers[1], this.#network.accessPoint.mac);
				return 0;
			},
			cyw43_ll_ioctl: () => this.#ioctl(registers[1]),
			cyw43_ll_wifi_scan: () => this.#scan(),
			cyw43_ll_wifi_join: () => this.#join(),
			cyw43_ll_gpio_set: () => {
				this.pins.set(registers[1], registers[2]);
				this.onPin(registers[1], registers[2]);
				return 0;
			},
			cyw43_ll_has_work: () => (this.#queue.length === 0 ? 0 : 1),
			cyw43_ll_send_ethernet: () => this.#send(),
			cyw43_ll_process_packets: () => this.#process()
		};
	}

	#put(entry) {
		this.#queue.push(entry);
		this.#wake();
	}

	#wake() {
		this.#chip.mcu.gpio[wakePin].setInputValue(this.#queue.length > 0);
	}

	/** A `cyw43_async_event_t` without more than its head. */
	#event(type, { status = 0, reason = 0, flags = 0, more = Buffer.alloc(0) } = {}) {
		const event = Buffer.alloc(144);
		event.writeUInt16LE(flags, 2);
		event.writeUInt32LE(type, 4);
		event.writeUInt32LE(status, 8);
		event.writeUInt32LE(reason, 12);
		more.copy(event, 48);
		if (this.#isOn) this.#put({ event });
	}

	#later(milliseconds, act) {
		this.#clock.after(this.#clock.now() + milliseconds * million, act);
	}

	#ioctl(command) {
		if (command === disassociate) {
			this.#network.leave(this);
			this.#event(events.disassociated);
		}
		return 0;
	}

	#argument(index) {
		return this.#chip.mcu.readUint32(this.#chip.registers[13] + 4 * index);
	}

	#join() {
		const { registers } = this.#chip;
		const ssid = Buffer.from(this.#chip.read(registers[2], registers[1])).toString();
		const password = Buffer.from(this.#chip.read(this.#argument(0), registers[3])).toString();
		const isThere = this.#network.join(this, ssid, password);
		this.#network.leave(this);
		this.#later(isThere === "joined" ? delays.join : delays.refusal, () => {
			const outcome = this.#network.join(this, ssid, password);
			if (outcome === "no network") {
				this.#event(events.setSsid, { status: states.noNetworks });
				return;
			}
			this.#event(events.auth);
			if (outcome === "wrong password") {
				this.#event(events.keys, { status: states.keysFailed, reason: 14 });
				return;
			}
			this.#event(events.link, { flags: 1 });
			this.#event(events.setSsid);
			this.#event(events.keys, { status: states.keyed });
		});
		return 0;
	}

	/** One `cyw43_ev_scan_result_t`, and the end. */
	#scan() {
		const { ssid, accessPoint } = this.#network;
		const name = Buffer.from(ssid);
		const result = Buffer.alloc(92);
		result.set(accessPoint.mac, 20);
		result[30] = name.length;
		result.set(name, 31);
		result.writeUInt16LE(6, 84);
		result[88] = 4;
		result.writeInt16LE(-50, 90);
		this.#later(delays.join, () => {
			this.#event(events.scanned, { status: states.partial, more: result });
			this.#event(events.scanned);
		});
		return 0;
	}

	/** The frame comes as bytes or as a chain of lwIP's `pbuf`. */
	#send() {
		const { registers, mcu } = this.#chip;
		const parts = [];
		if (this.#argument(0) === 0) parts.push(this.#chip.read(registers[3], registers[2]));
		else {
			for (let buffer = registers[3]; buffer !== 0; buffer = mcu.readUint32(buffer)) {
				const length = mcu.readUint16(buffer + 10);
				parts.push(this.#chip.read(mcu.readUint32(buffer + 4), length));
				if (mcu.readUint16(buffer + 8) === length) break;
			}
		}
		const frame = Buffer.concat(parts);
		this.#network.send(this, frame, this.#clock.now());
		this.#chip.busy(frame.length * byteTime);
		return 0;
	}

	/** Hands the next frame or event to the driver's upper half. */
	#process() {
		const entry = this.#queue.shift();
		this.#wake();
		if (entry === undefined) return;
		const state = this.#chip.symbol("cyw43_state");
		const bytes = entry.frame ?? entry.event;
		const address = this.#chip.lend(bytes);
		this.#chip.busy(bytes.length * byteTime);
		if (entry.frame === undefined) this.#chip.jump("cyw43_cb_process_async_event", state, address);
		else this.#chip.jump("cyw43_cb_process_ethernet", state, 0, bytes.length, address);
	}
}
