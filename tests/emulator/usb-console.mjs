import { USBCDC } from "rp2040js";

/** The most that a full-speed bulk packet carries. */
const packet = 64;
/** The control endpoint. */
const control = 0;
/** Of the USB controller: where the bus is seen, and that nobody has spoken on it for 3 ms (RP2040 data sheet, 4.1.4). */
const sieStatus = 0x50;
const suspended = 1 << 4;
/** CDC PSTN 1.2, 6.3.10: to the first interface, 7 bytes follow. */
const setLineCoding = Uint8Array.of(0x21, 0x20, 0, 0, 0, 0, 7, 0);
/** The interface of picotool's requests (pico-sdk's stdio_usb_descriptors.c), each without data: USB 2.0, 9.3. */
const picotool = { interface: 2, requestType: 0x21 };

/**
 * A person's terminal program on the board's USB serial line (CDC). It opens the line as soon as the board shows up,
 * and reads all that comes.
 */
export class UsbConsole {
	/** Whether the board was configured and the line is open. */
	isOpen = false;
	#cdc;
	#usb;
	#isPlugged = true;
	#typed = [];
	/** What the board waits for: an endpoint that has room for so many bytes. */
	#wanted;
	/** What the board is to get on the control endpoint when it asks. */
	#coding;

	/** `chip`: a Chip; `onText`: called with what the board prints. */
	constructor(chip, onText) {
		const usb = chip.mcu.usbCtrl;
		this.#usb = usb;
		this.#cdc = new USBCDC(usb);
		this.#cdc.onDeviceConnected = () => {
			this.isOpen = true;
		};
		this.#cdc.onSerialData = bytes => {
			if (this.#isPlugged) onText(Buffer.from(bytes).toString("latin1"));
		};
		const onEndpointRead = usb.onEndpointRead;
		// A host that has nothing to send lets the board wait; rp2040js would answer with nothing, again and again.
		usb.onEndpointRead = (endpoint, size) => {
			if (endpoint === control && this.#coding !== undefined) {
				usb.endpointReadDone(control, this.#coding);
				this.#coding = undefined;
			} else if (endpoint !== this.#cdc.outEndpoint) onEndpointRead(endpoint, size);
			else {
				this.#wanted = { endpoint, size };
				this.#send();
			}
		};
		this.#correct();
	}

	/** Sends what was typed, UTF-8 included, as fast as the board takes it. */
	type(text) {
		this.#typed.push(...Buffer.from(text));
		this.#send();
	}

	/** Opens the line or closes it, as a terminal program does (DTR and RTS). */
	setOpen(isOpen) {
		this.setLines({ dtr: isOpen, rts: isOpen });
	}

	/** What a terminal program says on its two lines. */
	setLines({ dtr, rts }) {
		this.#cdc.cdcSetControlLineState((dtr ? 1 : 0) | (rts ? 2 : 0));
		this.isOpen = dtr;
	}

	/** A terminal program at another speed, in baud: 8 bits, no parity, one stop bit. */
	setSpeed(baud) {
		this.#coding = new Uint8Array(7);
		new DataView(this.#coding.buffer).setUint32(0, baud, true);
		this.#coding[6] = 8;
		this.#usb.sendSetupPacket(setLineCoding);
	}

	/** One of picotool's requests: 1 starts the boot loader, 2 restarts the board. */
	askPicotool(request) {
		this.#usb.sendSetupPacket(
			Uint8Array.of(picotool.requestType, request, 0, 0, picotool.interface, 0, 0, 0)
		);
	}

	/** The host resets the bus, as also when the cable is plugged in: it asks anew who is there, and opens the line. */
	resetBus() {
		this.#forget();
		this.#isPlugged = true;
		this.#usb.resetDevice();
	}

	/** The cable is pulled out of a board that has other power: nothing that it sends is taken any more. */
	unplug() {
		this.#forget();
		this.#isPlugged = false;
		this.#usb.sieStatus |= suspended;
		this.#usb.sieStatusUpdated();
	}

	#forget() {
		Object.assign(this.#cdc, {
			initialized: false,
			descriptorsSize: null,
			descriptors: [],
			inEndpoint: -1,
			outEndpoint: -1
		});
		for (const alarm of [...this.#usb.endpointReadAlarms, ...this.#usb.endpointWriteAlarms])
			alarm.buffers = [];
		this.#wanted = undefined;
		this.#coding = undefined;
		this.#typed = [];
		this.isOpen = false;
	}

	/** What rp2040js leaves out: a bus on which nobody speaks. */
	#correct() {
		const usb = this.#usb;
		const { writeUint32, indicateBufferReady } = usb;
		usb.writeUint32 = (offset, value) => {
			if (offset === sieStatus) usb.sieStatus &= ~(usb.rawWriteValue & suspended);
			writeUint32.call(usb, offset, value);
		};
		usb.indicateBufferReady = (endpoint, isOut) => {
			if (this.#isPlugged) indicateBufferReady.call(usb, endpoint, isOut);
		};
	}

	#send() {
		if (this.#wanted === undefined || this.#typed.length === 0) return;
		const { endpoint, size } = this.#wanted;
		this.#wanted = undefined;
		const bytes = this.#typed.splice(0, Math.min(size, packet));
		this.#usb.endpointReadDone(endpoint, Uint8Array.from(bytes));
	}
}
