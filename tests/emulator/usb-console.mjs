import { USBCDC } from "rp2040js";

/** The most that a full-speed bulk packet carries. */
const packet = 64;

/**
 * A person's terminal program on the board's USB serial line (CDC). It opens the line as soon as the board shows up,
 * and reads all that comes.
 */
export class UsbConsole {
	/** Whether the board was configured and the line is open. */
	isOpen = false;
	#cdc;
	#usb;
	#typed = [];
	/** What the board waits for: an endpoint that has room for so many bytes. */
	#wanted;

	/** `chip`: a Chip; `onText`: called with what the board prints. */
	constructor(chip, onText) {
		const usb = chip.mcu.usbCtrl;
		this.#usb = usb;
		this.#cdc = new USBCDC(usb);
		this.#cdc.onDeviceConnected = () => {
			this.isOpen = true;
		};
		this.#cdc.onSerialData = bytes => onText(Buffer.from(bytes).toString("latin1"));
		const onEndpointRead = usb.onEndpointRead;
		// A host that has nothing to send lets the board wait; rp2040js would answer with nothing, again and again.
		usb.onEndpointRead = (endpoint, size) => {
			if (endpoint !== this.#cdc.outEndpoint) onEndpointRead(endpoint, size);
			else {
				this.#wanted = { endpoint, size };
				this.#send();
			}
		};
	}

	/** Sends what was typed, UTF-8 included, as fast as the board takes it. */
	type(text) {
		this.#typed.push(...Buffer.from(text));
		this.#send();
	}

	/** Opens the line or closes it, as a terminal program does (DTR). */
	setOpen(isOpen) {
		this.#cdc.cdcSetControlLineState(isOpen ? 3 : 0);
		this.isOpen = isOpen;
	}

	#send() {
		if (this.#wanted === undefined || this.#typed.length === 0) return;
		const { endpoint, size } = this.#wanted;
		this.#wanted = undefined;
		const bytes = this.#typed.splice(0, Math.min(size, packet));
		this.#usb.endpointReadDone(endpoint, Uint8Array.from(bytes));
	}
}
