import SerialPort from "embedded:io/serial";
import config from "mc/config";
import { isDebugged, restart as restartBoard } from "system";

/** Bits a second of the line that the ESP32's boot messages use as well. */
const baud = 115_200;

/**
 * The contract of hosts/board/types/serial.d.ts over UART 0, whose pins are `serial` in the configuration. In a debug
 * build the SDK's debugger owns that line: output goes to xsbug's log, and nothing can be typed.
 */
export default class Serial {
	readonly #port: SerialPort | undefined;
	/** Bytes that the line has room for. */
	#room = 0;

	constructor({ onReadable }: { onReadable: () => void }) {
		if (isDebugged()) return;
		this.#port = new SerialPort({
			port: 0,
			receive: config.serial.receive,
			transmit: config.serial.transmit,
			baud,
			format: "buffer",
			onReadable,
			onWritable: count => {
				this.#room = count;
			}
		});
	}

	/** A line of two wires does not tell. */
	get isOpen(): boolean {
		return true;
	}

	read(): ArrayBuffer | undefined {
		const bytes = this.#port?.read();
		return bytes instanceof ArrayBuffer ? bytes : undefined;
	}

	write(bytes: Uint8Array): number {
		if (this.#port === undefined) {
			trace(String.fromArrayBuffer(bytes.slice().buffer));
			return bytes.length;
		}
		const part = bytes.slice(0, this.#room);
		if (part.length > 0) this.#port.write(part);
		this.#room -= part.length;
		return part.length;
	}

	close(): void {
		this.#port?.close();
	}
}

/** See hosts/board/types/serial.d.ts. */
export function restart(): void {
	restartBoard();
}
